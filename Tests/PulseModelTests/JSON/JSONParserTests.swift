import PulseModel
import Testing

@Suite struct JSONParserTests {
    private func written(_ text: String) throws -> String {
        var writer = JSONWriter()
        try writer.value(try JSONValue.parse(text))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: JSONAccepted.unchanged)
    func `A canonical text comes back byte for byte`(text: String) throws {
        #expect(Array(try written(text).utf8) == Array(text.utf8))
    }

    @Test(arguments: JSONAccepted.unchanged)
    func `A value is taken inside arrays and objects too`(text: String) throws {
        #expect(Array(try written("[\(text)]").utf8) == Array("[\(text)]".utf8))
        #expect(Array(try written("{\"k\":[\(text),\(text)]}").utf8) == Array("{\"k\":[\(text),\(text)]}".utf8))
    }

    @Test(arguments: JSONAccepted.rewritten)
    func `White space and needless escapes are written away`(sent: String, expected: String) throws {
        #expect(Array(try written(sent).utf8) == Array(expected.utf8))
        #expect(Array(try written(expected).utf8) == Array(expected.utf8))
    }

    @Test(arguments: JSONRejected.all)
    func `What is not JSON is refused`(sample: JSONSample) {
        let guarded = GuardedBytes(capacity: sample.bytes.count)
        #expect(throws: JSONError.self) { try JSONValue.parse(guarded.holding(sample.bytes)) }
        #expect(throws: JSONError.self) { try JSONValue.parse(Array("{\"a\":".utf8) + sample.bytes) }
    }

    @Test(arguments: JSONAccepted.unchanged + JSONAccepted.rewritten.map(\.sent))
    func `Nothing is read beyond the end, and where the text is cut it is refused`(text: String) throws {
        let bytes = Array("{\"a\":[\(text)],\"k\":\(text)}".utf8)
        let guarded = GuardedBytes(capacity: bytes.count)
        _ = try JSONValue.parse(guarded.holding(bytes))
        for length in bytes.indices {
            #expect(throws: JSONError.self) { try JSONValue.parse(guarded.holding(Array(bytes[..<length]))) }
        }
    }

    @Test func `Arrays, slices and strings parse alike`() throws {
        let text = #"{"a":[1,true,null,"x"]}"#
        let value = try JSONValue.parse(text)
        #expect(try JSONValue.parse(Array(text.utf8)) == value)
        #expect(try JSONValue.parse(Array("xx\(text)yy".utf8)[2..<(2 + text.utf8.count)]) == value)
        #expect(
            value
                == .object(
                    JSONObject([
                        .init(key: "a", value: .array([.int(1), .bool(true), .null, .string("x")]))
                    ])))
    }
}
