import PulseModel
import Testing

@Suite struct JSONObjectTests {
    private func object(_ text: String) throws -> JSONObject {
        guard case .object(let object) = try JSONValue.parse(text) else { fatalError("Not an object: \(text)") }
        return object
    }

    @Test(arguments: [
        (#"{"id":1,"id":2}"#, "id"), (#"{"id":1,"\u0069d":2}"#, "id"), (#"{"":1,"":2}"#, ""),
        (#"{"a":1,"b":2,"b":3,"a":4}"#, "b"), (#"{"a\u0000":1,"b":2,"a\u0000":3}"#, "a\0"),
        (#"{"é":1,"\u00e9":2}"#, "\u{E9}"), (#"{"a":1,"a":2,"\uD800":3}"#, "a"),
        (#"{"a long key of many bytes":1,"a long key of many bytes":1}"#, "a long key of many bytes"),
    ])
    func `A repeated key is a fault, whichever way it is escaped`(text: String, key: String) throws {
        #expect(try object(text).fault == .duplicateKey(key))
    }

    @Test(arguments: [
        "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"\u{212B}\":1,\"\u{C5}\":2}", #"{"id":1,"Id":2,"id ":3,"id\u0000":4}"#,
        #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":1}]"#, "{}",
    ])
    func `Keys that differ by a byte are different`(text: String) throws {
        #expect(try JSONValue.parse(text).firstFault == nil)
    }

    @Test func `Of twins by normalisation each is found by its own bytes`() throws {
        let twins = try object("{\"e\u{301}\":1,\"\u{E9}\":2}")
        #expect(twins["\u{E9}"] == .int(2))
        #expect(twins["e\u{301}"] == .int(1))
        #expect(twins["e"] == nil)
    }

    @Test func `Of repeated keys the first is found`() throws {
        #expect(try object(#"{"id":1,"id":2}"#)["id"] == .int(1))
    }

    @Test func `The fault that comes first in the text is the one reported`() throws {
        #expect(try object(#"{"a":1,"\uD800":2,"a":3}"#).fault == .invalidKey)
        #expect(try object(#"{"a":1,"a":2,"\uD800":3}"#).fault == .duplicateKey("a"))
        #expect(try object(#"{"\uD800":1,"\uD800":2}"#).fault == .invalidKey)
    }

    @Test func `A fault deep inside is found`() throws {
        #expect(try JSONValue.parse(#"[{"x":[{"a":1,"a":2}]}]"#).firstFault == .duplicateKey("a"))
        #expect(try JSONValue.parse(#"[1,{"x":"\uD800","y":{"\uD800":1}}]"#).firstFault == .invalidString)
    }

    @Test(arguments: [15, 16, 17, 18, 40])
    func `A repeated key is found among few members and among many`(count: Int) throws {
        let keys = (0..<count).map { "\"k\($0)\":\($0)" }
        #expect(try object("{" + keys.joined(separator: ",") + "}").fault == nil)
        for repeated in [0, count / 2, count - 1] {
            let text = "{" + (keys + ["\"k\(repeated)\":0"]).joined(separator: ",") + "}"
            #expect(try object(text).fault == .duplicateKey("k\(repeated)"))
        }
    }

    @Test func `A hundred thousand keys take no quadratic time`() throws {
        var text = "{"
        for index in 0..<100_000 { text += "\"\(String(index, radix: 36))\":1," }
        text += "\"0\":2}"
        let bytes = Array(text.utf8)
        var parsed: JSONValue?
        let elapsed = try ContinuousClock().measure { parsed = try JSONValue.parse(bytes) }
        #expect(parsed?.firstFault == .duplicateKey("0"))
        // Quadratic time would be minutes in a build without optimisation.
        #expect(elapsed < .seconds(5))
    }

    @Test func `An object made by hand is checked too`() {
        #expect(JSONObject([.init(key: "a", value: .null), .init(key: "a", value: .null)]).fault == .duplicateKey("a"))
        #expect(JSONObject().fault == nil)
    }

    @Test func `The description of a fault quotes at most 64 bytes of the key`() {
        let description = JSONFault.duplicateKey(String(repeating: "\u{E9}", count: 1000)).description
        #expect(description.utf8.count < 64 + 32)
        #expect(JSONFault.duplicateKey("a\nb").description == #"The key "a?b" is there twice."#)
    }
}
