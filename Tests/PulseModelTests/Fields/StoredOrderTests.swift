import PulseModel
import Testing

@Suite("The order of stored values")
struct StoredOrderTests {
    private static let ordered: [(FieldKind, [String])] = [
        (.int, ["null", "-9223372036854775808", "-10", "-9", "0", "9", "10", "9223372036854775807"]),
        (.double, ["null", "-1.7976931348623157e+308", "-1.5", "-5e-324", "0.0", "5e-324", "9.0", "1e+16"]),
        (
            .decimal(maxDigits: 38, decimalPlaces: 2),
            [
                "null", #""-999999999999999999999999999999999999.99""#, #""-0.01""#, #""0.00""#, #""9.00""#,
                #""10.00""#, #""999999999999999999999999999999999999.98""#,
                #""999999999999999999999999999999999999.99""#,
            ]
        ),
        (
            .decimal(maxDigits: 38, decimalPlaces: 0),
            [
                #""-99999999999999999999999999999999999999""#, #""99999999999999999999999999999999999998""#,
                #""99999999999999999999999999999999999999""#,
            ]
        ),
        (.date, ["null", #""0001-01-01""#, #""1999-12-31""#, #""2024-02-29""#, #""2024-03-01""#]),
        (
            .dateTime,
            [
                "null", #""0001-01-01T00:00:00Z""#, #""2026-02-28T11:59:59.999999999Z""#, #""2026-02-28T12:00:00Z""#,
                #""2026-02-28T12:00:00.000000001Z""#, #""2026-02-28T12:00:00.05Z""#, #""2026-02-28T12:00:00.5Z""#,
                #""2026-02-28T12:00:00.51Z""#, #""2026-02-28T12:00:01Z""#,
            ]
        ),
        (.text, ["null", #""""#, #""\u0000""#, #"" ""#, #""A""#, #""\\""#, #""a""#, "\"e\u{301}\"", "\"\u{e9}\""]),
        (.bool, ["null", "false", "true"]),
        (.uuid, [#""00000000-0000-0000-0000-000000000009""#, #""00000000-0000-0000-0000-00000000000a""#]),
    ]

    @Test("of each kind it is that of what they mean", arguments: ordered)
    func order(kind: FieldKind, values: [String]) throws {
        for value in values {
            let parsed = try JSONValue.parse(value)
            #expect(try kind.storedForm(of: parsed, isNullable: true) == Array(value.utf8), "\(value) is a stored form")
        }
        for (left, low) in values.enumerated() {
            for (right, high) in values.enumerated() {
                #expect(
                    kind.isOrdered(Array(low.utf8), before: Array(high.utf8)) == (left < right), "\(low) and \(high)")
            }
        }
    }

    @Test("zero and minus zero are in no order")
    func zeros() {
        #expect(!FieldKind.double.isOrdered(Array("-0.0".utf8), before: Array("0.0".utf8)))
        #expect(!FieldKind.double.isOrdered(Array("0.0".utf8), before: Array("-0.0".utf8)))
    }

    private static let counts: [(FieldKind, String, String, String, String?)] = [
        (.int, "15", "10", "12", "17"), (.int, "15", "10", "3", "8"), (.int, "5", "5", "5", "5"),
        (.int, "9223372036854775806", "0", "1", "9223372036854775807"),
        (.int, "9223372036854775807", "0", "1", nil), (.int, "-9223372036854775808", "1", "0", nil),
        (
            .int, "-9223372036854775808", "-9223372036854775808", "9223372036854775807", "9223372036854775807"
        ),
        (.int, "9223372036854775807", "9223372036854775807", "-9223372036854775808", "-9223372036854775808"),
        (.int, "null", "1", "2", nil), (.int, "1", "null", "2", nil), (.int, "1", "2", "null", nil),
        (.double, "1.5", "1.0", "1.25", "1.75"), (.double, "1.7976931348623157e+308", "0.0", "1e+308", nil),
        (.decimal(maxDigits: 5, decimalPlaces: 2), #""1.00""#, #""0.50""#, #""0.05""#, #""0.55""#),
        (.decimal(maxDigits: 5, decimalPlaces: 2), #""1.00""#, #""2.50""#, #""0.00""#, #""-1.50""#),
        (.decimal(maxDigits: 5, decimalPlaces: 2), #""0.01""#, #""0.02""#, #""0.01""#, #""0.00""#),
        (.decimal(maxDigits: 3, decimalPlaces: 3), #""0.500""#, #""0.000""#, #""0.499""#, #""0.999""#),
        (.decimal(maxDigits: 3, decimalPlaces: 3), #""0.500""#, #""0.000""#, #""0.500""#, nil),
        (.decimal(maxDigits: 2, decimalPlaces: 0), #""-98""#, #""1""#, #""0""#, #""-99""#),
        (.decimal(maxDigits: 2, decimalPlaces: 0), #""-99""#, #""1""#, #""0""#, nil),
        (
            .decimal(maxDigits: 38, decimalPlaces: 2), #""999999999999999999999999999999999999.98""#, #""0.00""#,
            #""0.01""#, #""999999999999999999999999999999999999.99""#
        ),
        (
            .decimal(maxDigits: 38, decimalPlaces: 0), #""99999999999999999999999999999999999999""#,
            #""-99999999999999999999999999999999999999""#, #""99999999999999999999999999999999999999""#, nil
        ),
        (.text, #""a""#, #""b""#, #""c""#, nil),
    ]

    @Test("what was added is added, as far as it fits", arguments: counts)
    func counted(kind: FieldKind, value: String, old: String, new: String, sum: String?) {
        let found = kind.counted(Array(value.utf8), from: Array(old.utf8), to: Array(new.utf8))
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == sum)
    }
}
