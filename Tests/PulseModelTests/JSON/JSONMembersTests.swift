import PulseModel
import Testing

@Suite struct JSONMembersTests {
    private func members(_ bytes: [UInt8]) -> (isSound: Bool, members: [String]) {
        let guarded = GuardedBytes(capacity: bytes.count)
        var found: [String] = []
        let isSound = JSONMembers.scan(guarded.holding(bytes)) { key, value in
            found.append(
                String(decoding: bytes[key], as: UTF8.self) + " = " + String(decoding: bytes[value], as: UTF8.self))
        }
        return (isSound, found)
    }

    @Test(
        arguments: [
            ("", []), (#""a":1"#, ["a = 1"]), (#""a":1,"b":"x""#, ["a = 1", #"b = "x""#]), (#""":"""#, [#" = """#]),
            (#""a\"b":"c\\","d":null"#, [#"a\"b = "c\\""#, "d = null"]),
            (#""o":{"p":[1,{"q":"}]\""}]},"r":[]"#, [#"o = {"p":[1,{"q":"}]\""}]}"#, "r = []"]),
            (#""n":-1.5e+3,"t":true,"f":false"#, ["n = -1.5e+3", "t = true", "f = false"]),
            ("\"\u{E9}\":\"\u{1F600}, \u{7F}\"", ["\u{E9} = \"\u{1F600}, \u{7F}\""]),
        ] as [(String, [String])])
    func `Members are found with the ranges of keys and values`(text: String, expected: [String]) {
        let found = members(Array(text.utf8))
        #expect(found.isSound)
        #expect(found.members == expected)
    }

    @Test(arguments: [
        ",", "\"a\"", "\"a\":", "\"a\":1,", "a:1", "\"a\":1,,\"b\":2", "\"a\":1 ,\"b\":2", "\"a\" :1", "\"a\":1}",
        "{\"a\":1}", "\"a\":\"", "\"a\":\"x\"y", "\"a\":[", "\"a\":[1,2", "\"a\":{\"",
        "\"", "\"\\", "\"a\":\"\\", "\"a\":]", "\"a\":,", "\"a\":[ 1]", "\"a\":1\"b\":2", "\"a\":[]]", "\u{0}",
        "\"a\"1", "\"a\":\"\n\"",
    ])
    func `Damage is reported`(text: String) {
        #expect(!members(Array(text.utf8)).isSound)
    }

    @Test func `What the writer writes is taken apart again`() throws {
        for text in JSONAccepted.unchanged {
            let value = Array(text.utf8)
            let bytes = Array("\"k\":".utf8) + value + Array(",\"l\":".utf8) + value
            let found = members(bytes)
            #expect(found.isSound)
            #expect(found.members.map { Array($0.utf8) } == ["k", "l"].map { Array("\($0) = \(text)".utf8) })
        }
    }

    @Test func `Every cut and every changed byte is survived`() {
        let bytes = Array(#""o":{"p":[1,{"q":"}]\""}]},"r":[],"s":"x\\","t":-1.5,"u":null"#.utf8)
        for length in bytes.indices { _ = members(Array(bytes[..<length])) }
        for index in bytes.indices {
            for byte in Array(#"\"{}[],: x1"#.utf8) + [0, 0xFF] {
                var damaged = bytes
                damaged[index] = byte
                _ = members(damaged)
            }
        }
    }
}
