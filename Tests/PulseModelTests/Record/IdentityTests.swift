import PulseModel
import Testing

@Suite struct IdentityTests {
    static let usable = [
        "1", "alice", "a b", " ", "=", "*", "u:1", "g:team=7", "\u{E9}", "e\u{301}", "\u{301}", "\u{338}x",
        "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{202E}abc", "\u{FEFF}", "'; DROP TABLE record;--", "%",
        "../x",
        "$ne", "\u{A0}", "\u{FFFF}", "\u{10FFFF}", String(repeating: "x", count: 255),
        String(repeating: "\u{E9}", count: 127),
    ]

    static let unusable = [
        "", "\0", "a\0b", "\n", "a\r\nb", "\u{1F}", "\u{7F}", "\u{80}", "a\u{85}b", "\u{9F}", "\t",
        String(repeating: "x", count: 256),
        String(repeating: "\u{E9}", count: 128),
    ]

    @Test(arguments: usable)
    func `A user id or group is any text of 1 to 255 bytes without control characters`(text: String) throws {
        #expect(try #require(UserID(text)).text.utf8.elementsEqual(text.utf8))
        #expect(try #require(GroupName(text)).text.utf8.elementsEqual(text.utf8))
    }

    @Test(arguments: unusable)
    func `Other text names neither a user nor a group`(text: String) {
        #expect(UserID(text) == nil)
        #expect(GroupName(text) == nil)
    }

    @Test(arguments: [("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), ("\u{C5}", "\u{212B}"), ("a", "A"), ("\u{131}", "i")])
    func `Users whose ids differ by a byte are two users`(left: String, right: String) throws {
        let users = try [#require(UserID(left)), #require(UserID(right))]
        #expect(users[0] != users[1])
        #expect(Set(users).count == 2)
        #expect(try #require(GroupName(left)) != #require(GroupName(right)))
    }

    @Test func `Users with the same bytes are one, however their text came about`() throws {
        let joined = ["al", "ice"].joined()
        let cut = String("xxalicexx".dropFirst(2).dropLast(2))
        #expect(Set(try [#require(UserID(joined)), #require(UserID(cut))]).count == 1)
    }

    @Test(
        arguments: [
            ("1", 1), ("0", 0), ("-1", -1), ("9223372036854775807", .max), ("01", nil), ("+1", nil), ("-0", nil),
            ("1.0", nil), ("9223372036854775808", nil), ("1 ", nil), ("\u{661}", nil), ("alice", nil), ("1e3", nil),
            ("0x1", nil),
        ] as [(String, Int64?)])
    func `A user id is a number when that is its shortest text`(text: String, number: Int64?) throws {
        #expect(try #require(UserID(text)).number == number)
    }

    @Test(arguments: ["a", "_", "team_id", "Team", "a1", String(repeating: "x", count: 63)])
    func `A claim is named by an identifier`(text: String) {
        #expect(ClaimName(text)?.text == text)
    }

    @Test(arguments: [
        "", "1a", "a-b", "a.b", "a b", "a=b", "$a", "a\0", "\u{E9}", "\u{212A}", "a\u{301}", "a:b", "a/b",
        String(repeating: "x", count: 64),
    ])
    func `What is no identifier names neither a claim nor a model`(text: String) {
        #expect(ClaimName(text) == nil)
        #expect(ModelName(text) == nil)
        #expect(ModelName(anyCase: text) == nil)
    }

    @Test(arguments: ["Task", "TASK", "tasK", "A"])
    func `A model's name has no capitals, and is found by a text that has`(text: String) {
        #expect(ModelName(text) == nil)
        #expect(ModelName(anyCase: text)?.text == text.lowercased())
    }

    @Test func `Case is folded for ASCII letters only`() {
        // Lower-casing by Unicode would turn the Kelvin sign into "k" and the dotted capital I into two scalars.
        #expect(ModelName(anyCase: "tas\u{212A}") == nil)
        #expect(ModelName(anyCase: "\u{130}tem") == nil)
        #expect(ModelName(anyCase: "[a") == nil)
    }

    @Test func `An identity holds each group once, in the order given`() throws {
        let group = { GroupID(claim: ClaimName("team")!, value: GroupName($0)!) }
        let identity = Identity(user: UserID("1")!, groups: [group("b"), group("a"), group("b"), group("a")])
        #expect(identity.groups == [group("b"), group("a")])
    }
}
