import PulseModel
import Testing

@Suite struct TextFieldTests {
    @Test(arguments: [
        (#""""#, #""""#), (#""a\"b\\c""#, #""a\"b\\c""#), (#""\u00e9""#, "\"\u{E9}\""), (#""\u0041""#, #""A""#),
        (#""\/""#, #""/""#), (#""\u0000""#, #""\u0000""#), (#""a\u0000b""#, #""a\u0000b""#),
        (#""\n\t\r""#, #""\n\t\r""#),
        (#""\ud83d\ude00""#, "\"\u{1F600}\""), ("\"e\u{301}\"", "\"e\u{301}\""),
        ("\"\u{202E}\u{FEFF}\"", "\"\u{202E}\u{FEFF}\""),
        (#""' OR 1=1--""#, #""' OR 1=1--""#), (#""null""#, #""null""#), (#""\u2028""#, "\"\u{2028}\""),
    ])
    func `Text is stored scalar by scalar, in the one way to write it`(value: String, expected: String) throws {
        #expect(try stored(value, as: .text).utf8.elementsEqual(expected.utf8))
        #expect(try stored(value, as: .string(maxLength: 20)).utf8.elementsEqual(expected.utf8))
    }

    @Test(arguments: ["x", "\u{E9}", "\u{20AC}", "\u{1F600}", "\u{301}", "\u{10FFFF}"])
    func `Length is counted in scalars`(scalar: String) throws {
        #expect(try stored(quoted(scalar, times: 5), as: .string(maxLength: 5)) == quoted(scalar, times: 5))
        #expect(
            try stored(quoted(scalar, times: 6), as: .string(maxLength: 5))
                == "refused: must have at most 5 characters, has 6")
    }

    @Test func `One visible character may be many scalars`() throws {
        let family = "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}"
        #expect(try stored(quoted(family), as: .string(maxLength: 5)) == quoted(family))
        #expect(try stored(quoted(family), as: .string(maxLength: 4)).hasPrefix("refused: must have at most 4"))
    }

    @Test func `CR LF counts as two`() throws {
        #expect(try stored(#""\r\n""#, as: .string(maxLength: 2)) == #""\r\n""#)
        #expect(try stored(#""\r\n""#, as: .string(maxLength: 1)).hasPrefix("refused"))
    }

    @Test func `Text without a bound takes a megabyte`() throws {
        let value = quoted("\u{301}", times: 1 << 19)
        #expect(try stored(value, as: .text).utf8.count == value.utf8.count)
    }

    @Test(
        arguments: [
            .text, .string(maxLength: 9), .bool, .int, .double, .decimal(maxDigits: 5, decimalPlaces: 2), .date,
            .dateTime,
            .uuid, .json, .reference(to: nil), .reference(to: ModelName("task")!),
        ] as [FieldKind], [#""\ud800""#, #""a\udc00b""#, #""\ude00\ud83d""#])
    func `A lone surrogate is refused by every kind`(kind: FieldKind, value: String) throws {
        #expect(
            try stored(value, as: kind)
                == "refused: has a lone surrogate, which is no Unicode text and cannot be stored")
    }

    @Test(arguments: [
        ("1", "a number"), ("1.5", "a number"), ("true", "a boolean"), ("[]", "an array"), ("{}", "an object"),
        (#"{"$ne":null}"#, "an object"),
    ])
    func `What is no string is no text`(value: String, kind: String) throws {
        #expect(try stored(value, as: .text) == "refused: must be a string, is \(kind)")
        #expect(try stored(value, as: .string(maxLength: 9)) == "refused: must be a string, is \(kind)")
    }
}
