import PulseModel
import Testing

@Suite struct JSONErrorTests {
    private func error(_ bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONValue.parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            ("", .empty, 0), (" \n", .empty, 2), ("[1,]", .syntax, 3), ("[1 2]", .syntax, 3),
            ("{\"a\":1,}", .syntax, 7), ("[1", .unexpectedEnd, 2),
            ("\"abc", .unexpectedEnd, 4), ("tru", .unexpectedEnd, 3), ("trux", .syntax, 3), ("{} {}", .trailingData, 3),
            ("1x", .trailingData, 1),
            ("01", .leadingZero, 0), ("-01", .leadingZero, 1), ("\"a\tb\"", .controlCharacter, 2),
            ("\"a\\x\"", .invalidEscape, 2), ("\"\\u00G0\"", .invalidEscape, 1),
            ("\"\\uD800\\uZ\"", .invalidEscape, 7), ("\u{FEFF}1", .byteOrderMark, 0), ("-", .unexpectedEnd, 1),
            ("1.x", .syntax, 2), ("-a", .syntax, 1),
            (String(repeating: "[", count: 33), .tooDeep, 32),
        ] as [(String, JSONError.Code, Int)])
    func `An error says what is wrong and at which byte`(text: String, code: JSONError.Code, offset: Int) {
        let found = error(Array(text.utf8))
        #expect(found?.code == code)
        #expect(found?.byteOffset == offset)
        #expect(found?.byte == Array(text.utf8).dropFirst(offset).first)
    }

    @Test(arguments: JSONRejected.invalidUTF8.filter { $0[0] >= 0x80 && $0[0] != 0xC3 })
    func `Bytes that are not UTF-8 are named by their place`(content: [UInt8]) {
        let found = error([0x22, 0x61, 0x62] + content + [0x22])
        #expect(found?.code == .invalidUTF8)
        #expect(found?.byteOffset == 3)
    }

    @Test(arguments: [[0xFF, 0xFE, 0x31, 0x00], [0xFE, 0xFF, 0x00, 0x31], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
    func `A byte order mark is called one`(bytes: [UInt8]) {
        #expect(error(bytes)?.code == .byteOrderMark)
    }

    @Test(arguments: JSONRejected.all)
    func `A description is one short sentence of printable ASCII`(sample: JSONSample) throws {
        let found = try #require(error(sample.bytes))
        #expect(found.description.utf8.count < 100)
        #expect(found.description.hasSuffix("."))
        #expect(found.description.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect((0...sample.bytes.count).contains(found.byteOffset))
    }
}
