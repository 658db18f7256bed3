import PulseModel
import Testing

@Suite struct JSONStringTests {
    @Test(arguments: [
        #"\uD800"#, #"\uDFFF"#, #"\uDC00\uD800"#, #"\uD800\uD800"#, #"\uD800x"#, #"\uD800\n"#, #"\uD800\u0041"#,
        #"a\uDBFFb"#, #"\uD800\uDC00\uD800"#, #"\uD800\uD800\uDC00"#,
        #"\udead"#, #"\uD800\\uDC00"#, #"1234567890123456\uDC00"#,
    ])
    func `A string with half of a surrogate pair is marked and the rest is parsed`(content: String) throws {
        #expect(try JSONValue.parse("\"\(content)\"") == .invalidString)
        guard case .object(let object) = try JSONValue.parse("{\"bad\":\"\(content)\",\"id\":\"x\"}") else {
            Issue.record("No object.")
            return
        }
        #expect(object.fault == nil)
        #expect(object["bad"] == .invalidString)
        #expect(object["id"] == .string("x"))
        #expect(JSONValue.object(object).firstFault == .invalidString)
    }

    @Test(arguments: [#"\uD800"#, #"a\uDC00\uD800"#])
    func `A key with half of a surrogate pair is a fault and the other members stay`(key: String) throws {
        guard case .object(let object) = try JSONValue.parse("{\"id\":1,\"\(key)\":2,\"\u{FFFD}\":3}") else {
            Issue.record("No object.")
            return
        }
        #expect(object.fault == .invalidKey)
        #expect(object.members.map(\.key) == ["id", "\u{FFFD}"])
        #expect(object["id"] == .int(1))
    }

    @Test func `Every scalar comes back from its escape and from its bytes`() throws {
        for value in UInt32(0)...0x10FFFF {
            let isSampled = value < 0x3000 || value % 61 == 0 || value & 0xFFFF > 0xFFF0 || 0xFDD0...0xFDEF ~= value
            guard isSampled, let scalar = Unicode.Scalar(value) else { continue }
            let units = String(scalar).utf16.map { "\\u" + String(0x10000 + UInt32($0), radix: 16).dropFirst() }
                .joined()
            #expect(try JSONValue.parse("\"\(units)\"") == .string(String(scalar)))
            var writer = JSONWriter()
            writer.string(String(scalar))
            #expect(try JSONValue.parse(writer.bytes) == .string(String(scalar)))
        }
    }

    @Test func `Strings of every length around a word survive with an escape at every place`() throws {
        for length in 0..<40 {
            for place in 0...length {
                let text =
                    String(repeating: "x", count: place) + "\n\u{E9}" + String(repeating: "y", count: length - place)
                var writer = JSONWriter()
                writer.string(text)
                #expect(try JSONValue.parse(writer.bytes) == .string(text))
            }
        }
    }

    @Test(arguments: ["\u{301}", "\u{202E}", "\u{0}", "\u{1F468}\u{200D}", "\"", "\\", "a"])
    func `A megabyte of one character is kept`(character: String) throws {
        let text = String(repeating: character, count: (1 << 20) / character.utf8.count)
        var writer = JSONWriter()
        writer.string(text)
        #expect(try JSONValue.parse(writer.bytes) == .string(text))
    }
}
