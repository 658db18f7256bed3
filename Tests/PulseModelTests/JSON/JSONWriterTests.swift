import PulseModel
import Testing

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(reserving: 16)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, .max, .min, .max - 1, .min + 1] as [Int64])
    func `Integers are written in decimal`(value: Int64) {
        #expect(text { $0.int(value) } == String(value))
    }

    @Test func `The pieces come out in the order written`() {
        let written = text { writer in
            writer.raw("{\"a\":")
            writer.int(-5)
            writer.raw([0x2C])
            writer.string("b\"")
            writer.raw(Array(":x".utf8)[0..<1])
            writer.bool(true)
            writer.raw(",")
            writer.bool(false)
            writer.raw("")
            [UInt8]("}".utf8).withUnsafeBytes { bytes in writer.raw(bytes) }
            writer.null()
        }
        #expect(written == #"{"a":-5,"b\"":true,false}null"#)
    }

    @Test func `Only quotes, backslashes and control characters are escaped`() {
        for value in UInt8(0)...0x7F {
            let scalar = Unicode.Scalar(value)
            let expected =
                switch value {
                case 0x22: #"\""#
                case 0x5C: #"\\"#
                case 8: #"\b"#
                case 9: #"\t"#
                case 10: #"\n"#
                case 12: #"\f"#
                case 13: #"\r"#
                case 0..<0x10: "\\u000" + String(value, radix: 16)
                case 0x10..<0x20: "\\u00" + String(value, radix: 16)
                default: String(scalar)
                }
            #expect(text { $0.string(String(scalar)) } == "\"\(expected)\"")
        }
    }

    @Test(arguments: [#"{"a":"\uD800"}"#, #"[1,{"a":1,"a":2}]"#, #"{"x":{"\uD800":1}}"#, #"["\uDC00"]"#])
    func `A value with a fault is refused and leaves nothing behind`(sent: String) throws {
        let value = try JSONValue.parse(sent)
        var writer = JSONWriter()
        writer.raw("[1,")
        let fault = try #require(value.firstFault)
        #expect(throws: fault) { try writer.value(value) }
        #expect(writer.bytes == Array("[1,".utf8))
    }

    @Test func `A writer that forgets starts anew`() {
        var writer = JSONWriter()
        writer.string("x")
        writer.removeAll()
        writer.null()
        #expect(writer.bytes == Array("null".utf8))
    }
}
