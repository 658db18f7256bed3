import PulseModel
import Testing

@Suite struct JSONLimitsTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue.parse(text, limits: JSONLimits(maximumScalarBytes: 8, maximumKeys: 3))
    }

    private func object(_ text: String) throws -> JSONObject {
        guard case .object(let object) = try parse(text) else { throw JSONFault.invalidString }
        return object
    }

    @Test(arguments: [
        (#""12345678""#, false), (#""123456789""#, true), (#""\u0031\u0032345678""#, false),
        (#""1234567\n9""#, true), (#""1234\u00e978""#, false), (#""1234567\u00e9""#, true), ("12345678", false),
        ("123456789", false), ("1.345678", false), ("1.3456789", true), ("99999999999999999999", true),
        ("1e345678", false),
    ])
    func `A string or number is marked when it has too many bytes, escapes resolved`(text: String, isOver: Bool) throws
    {
        #expect((try parse(text) == .oversized) == isOver)
        let object = try object(#"{"bad":\#(text),"id":"x"}"#)
        #expect(object["id"] == .string("x"))
        #expect(object.fault == nil)
        #expect(JSONValue.object(object).firstFault == (isOver ? .oversized : nil))
    }

    @Test func `A key that is too long is a fault and the other members stay`() throws {
        let object = try object(#"{"id":1,"123456789":2,"a":3}"#)
        #expect(object.fault == .oversizedKey)
        #expect(object.members.map(\.key) == ["id", "a"])
        #expect(try self.object(#"{"\uD800":1,"123456789":2}"#).fault == .invalidKey)
        #expect(try self.object(#"{"123456789":2,"\uD800":1}"#).fault == .oversizedKey)
        #expect(try self.object(#"{"a":1,"a":1,"123456789":2}"#).fault == .duplicateKey("a"))
    }

    @Test func `Keys beyond the limit are a fault and not kept`() throws {
        #expect(try object(#"{"a":1,"b":2,"c":3}"#).fault == nil)
        let object = try object(#"{"a":1,"b":2,"c":3,"d":4,"e":5}"#)
        #expect(object.fault == .tooManyKeys)
        #expect(object.members.map(\.key) == ["a", "b", "c"])
        #expect(try parse(#"[{"x":{"a":1,"b":2,"c":3,"d":4}}]"#).firstFault == .tooManyKeys)
    }

    @Test func `What is too long must be well-formed all the same`() {
        for text in [#""123456789"#, "\"12345678\u{1}\"", #""123456789\x""#, "1.3456789e", #"{"a":1,"b":1,"c":1,"d"}"#]
        {
            #expect(throws: JSONError.self) { try parse(text) }
        }
    }
}
