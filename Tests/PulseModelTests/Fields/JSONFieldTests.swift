import PulseModel
import Testing

@Suite struct JSONFieldTests {
    @Test(arguments: [
        ("{}", "{}"), ("[]", "[]"), ("true", "true"), ("0", "0"), ("-0", "-0"), ("1.0", "1.0"), ("1E400", "1E400"),
        ("9007199254740993.0", "9007199254740993.0"), (#""x""#, #""x""#),
        (#"{ "b" : 1 , "a" : [ null ] }"#, #"{"b":1,"a":[null]}"#),
        (#"{"$where":"sleep(1)","a.b":1,"":2,"__proto__":{}}"#, #"{"$where":"sleep(1)","a.b":1,"":2,"__proto__":{}}"#),
        ("{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"\u{E9}\":1,\"e\u{301}\":2}"), (#"["\u0000"]"#, #"["\u0000"]"#),
    ])
    func `JSON is kept to the letter of its numbers, without white space`(value: String, expected: String) throws {
        #expect(try stored(value, as: .json).utf8.elementsEqual(expected.utf8))
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, #"The key "a" is there twice."#),
        (#"[{"b":{"a":1,"\u0061":2}}]"#, #"The key "a" is there twice."#),
        (#"["\ud800"]"#, "A string holds half of a surrogate pair."),
        (#"{"\ud800":1}"#, "A key holds half of a surrogate pair."),
    ])
    func `JSON that cannot be stored is refused`(value: String, reason: String) throws {
        #expect(try stored(value, as: .json) == "refused: holds JSON that cannot be stored: \(reason)")
    }

    @Test(
        arguments: [
            .string(maxLength: 1), .text, .bool, .int, .double, .decimal(maxDigits: 1, decimalPlaces: 0), .date,
            .dateTime,
            .uuid, .json, .reference(to: nil), .reference(to: ModelName("task")!),
        ] as [FieldKind])
    func `Null is null where it is allowed, and nowhere else`(kind: FieldKind) throws {
        #expect(try stored("null", as: kind, isNullable: true) == "null")
        #expect(try stored("null", as: kind) == "refused: may not be null")
    }
}
