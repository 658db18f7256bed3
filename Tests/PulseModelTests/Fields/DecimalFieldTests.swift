import PulseModel
import Testing

@Suite struct DecimalFieldTests {
    private static let nines = String(repeating: "9", count: 38)
    private static let malformed = "refused: must be a decimal number as a string"

    @Test(arguments: [
        ("9.99", "9.99"), ("9.9", "9.90"), ("9", "9.00"), ("0", "0.00"), ("-9.9", "-9.90"), ("+9.9", "9.90"),
        (".5", "0.50"),
        ("5.", "5.00"), ("-.5", "-0.50"), ("007.5", "7.50"), ("1.5000", "1.50"), ("12345678.90", "12345678.90"),
        ("-0", "0.00"), ("-0.000", "0.00"), ("0.000000000", "0.00"), ("1e2", "100.00"), ("1.25E1", "12.50"),
        ("125e-2", "1.25"),
        ("1e+2", "100.00"), ("12500e-4", "1.25"), ("0e100", "0.00"), ("0e-100", "0.00"), ("0.05", "0.05"),
        ("0.01e2", "1.00"),
        ("1e7", "10000000.00"), ("99999999.99", "99999999.99"), ("-99999999.99", "-99999999.99"),
    ])
    func `A decimal has exactly its places`(value: String, expected: String) throws {
        let kind = FieldKind.decimal(maxDigits: 10, decimalPlaces: 2)
        #expect(try stored(quoted(value), as: kind) == quoted(expected))
        #expect(try stored(quoted(expected), as: kind) == quoted(expected))
    }

    @Test(arguments: [
        ("9.99", "9.99"), ("9", "9.00"), ("-0", "0.00"), ("1e2", "100.00"), ("0.1", "0.10"), ("-1.10", "-1.10"),
        ("12345678", "12345678.00"),
    ])
    func `A decimal sent as a number is read from its literal`(value: String, expected: String) throws {
        #expect(try stored(value, as: .decimal(maxDigits: 10, decimalPlaces: 2)) == quoted(expected))
    }

    @Test(arguments: ["1.001", "0.005", "1e-3", "99.999", "0.0000000001", "1.25e-1", "1e-128"])
    func `A digit behind the last place is refused, never rounded`(value: String) throws {
        let kind = FieldKind.decimal(maxDigits: 10, decimalPlaces: 2)
        #expect(try stored(quoted(value), as: kind) == "refused: must have at most 2 decimal places")
        #expect(try stored(value, as: kind) == "refused: must have at most 2 decimal places")
    }

    @Test(arguments: ["123456789", "123456789.00", "1e8", "-123456789.5", "1e128"])
    func `A number with too many digits is refused`(value: String) throws {
        #expect(
            try stored(quoted(value), as: .decimal(maxDigits: 10, decimalPlaces: 2))
                == "refused: must have at most 10 digits, 2 of them decimal places")
    }

    @Test(arguments: [
        (38, 0, nines, nines), (38, 0, "1e37", "1" + String(repeating: "0", count: 37)),
        (38, 38, "0." + nines, "0." + nines), (38, 38, "1e-38", "0." + String(repeating: "0", count: 37) + "1"),
        (38, 38, "0", "0." + String(repeating: "0", count: 38)), (1, 1, "0.5", "0.5"), (1, 0, "7", "7"),
        (1, 0, "7.0", "7"),
        (3, 3, "-.999", "-0.999"),
    ])
    func `Decimals reach their bounds exactly`(
        maxDigits: Int, decimalPlaces: Int, value: String, expected: String
    ) throws {
        let kind = FieldKind.decimal(maxDigits: maxDigits, decimalPlaces: decimalPlaces)
        #expect(try stored(quoted(value), as: kind) == quoted(expected))
        #expect(try stored(quoted("1" + value.drop { "+-0.".contains($0) } + "e9"), as: kind).hasPrefix("refused"))
    }

    @Test(arguments: [
        "", ".", "-", "+", "--1", "1..2", "1.2.3", "1,5", " 1", "1 ", "e5", "1e", "1e+", "1e1.5", "1x", "0x10", "NaN",
        "Infinity", "1_000", "\u{661}", "1\0", "$1", "1e5e5",
    ])
    func `What is no number is refused`(value: String) throws {
        var writer = JSONWriter()
        writer.string(value)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(try stored(text, as: .decimal(maxDigits: 10, decimalPlaces: 2)) == Self.malformed)
    }

    @Test(arguments: [
        "1e129", "1e-129", "1e999999999", "1e9223372036854775807", "1e-9223372036854775807", "1e-9223372036854775808",
        "1e9223372036854775808",
    ])
    func `A decimal with a huge exponent is refused and brings nothing down`(value: String) throws {
        let kind = FieldKind.decimal(maxDigits: 10, decimalPlaces: 2)
        #expect(try stored(quoted(value), as: kind).hasPrefix("refused: "))
        #expect(try stored(value, as: kind).hasPrefix("refused: "))
    }

    @Test func `A decimal with a thousand digits is refused`() throws {
        let digits = String(repeating: "1", count: 1_000)
        #expect(
            try stored(quoted(digits), as: .decimal(maxDigits: 10, decimalPlaces: 2))
                == "refused: has more digits than a decimal may")
    }

    @Test(arguments: [("true", "a boolean"), ("[]", "an array"), ("{}", "an object")])
    func `What is neither number nor string is no decimal`(value: String, kind: String) throws {
        #expect(
            try stored(value, as: .decimal(maxDigits: 10, decimalPlaces: 2))
                == "refused: must be a decimal number as a string, is \(kind)")
    }
}
