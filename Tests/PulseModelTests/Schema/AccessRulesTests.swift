import PulseModel
import Testing

@Suite("Rules of access")
struct AccessRulesTests {
    private static func identity(_ user: String, team: String? = nil, _ claims: String = "{}") throws -> Identity {
        guard case .object(let object) = try JSONValue.parse(claims) else {
            preconditionFailure("claims are an object")
        }
        let groups = team.map { [GroupID(claim: ClaimName("team")!, value: GroupName($0)!)] } ?? []
        return Identity(
            user: try #require(UserID(user)), groups: groups,
            claims: Dictionary(uniqueKeysWithValues: object.members.map { ($0.key, $0.value) }))
    }

    @Test(
        "a claim holds as itself, in a list, or deeper down",
        arguments: [
            ("role", "admin", #"{"role":"admin"}"#, true), ("role", "admin", #"{"role":["a","admin"]}"#, true),
            ("role", "admin", #"{"role":"administrator"}"#, false), ("role", "admin", "{}", false),
            ("role", "admin", #"{"role":{"admin":true}}"#, false), ("role", "admin", #"{"role":[["admin"]]}"#, false),
            ("a.b", "7", #"{"a":{"b":7}}"#, true), ("a.b", "7", #"{"a.b":"7"}"#, true),
            ("a.b", "7", #"{"a.b":"8","a":{"b":7}}"#, false), ("a.b", "7", #"{"a":{"b":7.0}}"#, false),
            ("a.b", "true", #"{"a":{"b":true}}"#, true), ("a.b.c", "7", #"{"a":{"b":7}}"#, false),
            ("https://x.example/roles", "s", #"{"https://x.example/roles":["s"]}"#, true),
            ("https://x.example/app.role", "s", #"{"https://x.example/app":{"role":"s"}}"#, true),
            ("a", "null", #"{"a":null}"#, false), ("a", "", #"{"a":""}"#, true),
            ("role", "caf\u{e9}", #"{"role":"cafe\u0301"}"#, false), ("caf\u{e9}", "x", #"{"cafe\u0301":"x"}"#, false),
            (".", "", #"{"":{"":""}}"#, true),
        ])
    func claims(name: String, value: String, claims: String, isAllowed: Bool) throws {
        let rule = AccessRule.anyone(.claim(name, value))
        #expect(rule.allows(try Self.identity("1", claims)) == isAllowed)
    }

    @Test("one of several lists must hold, and all of its conditions")
    func alternatives() throws {
        let rule = AccessRule([[.claim("team", "7"), .claim("role", "editor")], [.user(try #require(UserID("17")))]])
        #expect(rule.allows(try Self.identity("17")))
        #expect(rule.allows(try Self.identity("1", team: "7", #"{"role":"editor"}"#)))
        #expect(!rule.allows(try Self.identity("1", team: "7")))
        #expect(!rule.allows(try Self.identity("1", team: "8", #"{"role":"editor"}"#)))
        #expect(AccessRule.everyone.allows(try Self.identity("1")))
        #expect(!AccessRule.nobody.allows(try Self.identity("17", team: "7", #"{"role":"editor"}"#)))
    }

    @Test("who may not read a model has no such table; who may only read it has it")
    func granting() throws {
        let rules = [
            ("open", AccessRules()), ("shown", AccessRules(write: .nobody)), ("hidden", AccessRules(read: .nobody)),
        ]
        let schema = try Schema(
            rules.map { try Model(try #require(ModelName($0.0)), audience: .global, fields: [], access: $0.1) })
        let identity = schema.granting(try Self.identity("1"))
        #expect(identity.withheld.map(\.text) == ["hidden"])
        #expect(identity.readOnly.map(\.text) == ["shown"])
        #expect(schema.model(forTable: "Hidden", of: identity) == nil)
        #expect(schema.model(forTable: "Shown", of: identity) != nil)
    }
}
