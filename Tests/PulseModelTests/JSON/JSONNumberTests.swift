import PulseModel
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993),
            ("999999999999999999", 999_999_999_999_999_999),
            ("1000000000000000000", 1_000_000_000_000_000_000), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("-10", -10),
        ] as [(String, Int64)])
    func `An integral literal that fits is an integer`(literal: String, expected: Int64) throws {
        #expect(try JSONValue.parse(literal) == .int(expected))
        #expect(JSONNumber(literal: literal) == nil)
    }

    @Test(arguments: [
        "-0", "1.0", "0.0", "1e3", "1E3", "0e10", "-0e0", "9223372036854775808", "-9223372036854775809",
        "9999999999999999999",
        "18446744073709551616", "27670116110564327424", "36893488147419103233", "184467440737095516160", "1e400",
        "1e-400", "1E999999999", "100000000000000000001",
    ])
    func `Any other number keeps its literal`(literal: String) throws {
        guard case .number(let number) = try JSONValue.parse(literal) else {
            Issue.record("Not kept as a literal.")
            return
        }
        #expect(number.literal == literal)
        #expect(JSONNumber(literal: literal) == number)
    }

    @Test func `A megabyte of digits is kept`() throws {
        let literal = String(repeating: "7", count: 1 << 20)
        guard case .number(let number) = try JSONValue.parse("[\(literal)]").firstElement else {
            Issue.record("Not kept as a literal.")
            return
        }
        #expect(number.literal == literal)
    }

    @Test(arguments: ["", " 1.0", "1.0 ", "x", "01.0", "1.", "1.0,2", "\"1.0\"", "NaN", "1.0\0"])
    func `Only a number makes a number`(literal: String) {
        #expect(JSONNumber(literal: literal) == nil)
    }

    @Test func `A number is read as the nearest double`() {
        #expect(JSONNumber(literal: "1.5e3")?.double == 1500)
        #expect(JSONNumber(literal: "-0")?.double.sign == .minus)
        #expect(JSONNumber(literal: "1e400")?.double == .infinity)
    }
}

extension JSONValue {
    fileprivate var firstElement: JSONValue? {
        if case .array(let elements) = self { elements.first } else { nil }
    }
}
