import PulseModel
import Testing

@Suite struct NumberFieldTests {
    @Test(arguments: [
        ("true", "true"), ("false", "false"), ("1", "true"), ("0", "false"),
        ("2", "refused: must be true or false, is a number"),
        ("-1", "refused: must be true or false, is a number"), ("1.0", "refused: must be true or false, is a number"),
        ("-0", "refused: must be true or false, is a number"),
        (#""true""#, "refused: must be true or false, is a string"),
        (#""""#, "refused: must be true or false, is a string"),
        ("[true]", "refused: must be true or false, is an array"),
    ])
    func `A boolean is true or false, or 1 or 0`(value: String, expected: String) throws {
        #expect(try stored(value, as: .bool) == expected)
    }

    @Test(arguments: [
        ("0", "0"), ("-1", "-1"), ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"), ("9007199254740993", "9007199254740993"),
        ("9223372036854775808", "refused: must fit a signed 64-bit integer"),
        ("-9223372036854775809", "refused: must fit a signed 64-bit integer"),
        ("100000000000000000000000000", "refused: must fit a signed 64-bit integer"),
        ("1.0", "refused: must be an integer, is a number"), ("1e3", "refused: must be an integer, is a number"),
        ("0e10", "refused: must be an integer, is a number"), (#""1""#, "refused: must be an integer, is a string"),
        ("true", "refused: must be an integer, is a boolean"),
    ])
    func `An integer is a literal without fraction or exponent that fits 64 bits`(value: String, expected: String)
        throws
    {
        #expect(try stored(value, as: .int) == expected)
    }

    @Test(arguments: [
        ("0", "0.0"), ("1", "1.0"), ("-1", "-1.0"), ("1.50", "1.5"), ("0.1", "0.1"), ("1e3", "1000.0"),
        ("1E+2", "100.0"),
        ("-0", "-0.0"), ("-0.0", "-0.0"), ("0e400", "0.0"), ("0.1000000000000000055511151231257827", "0.1"),
        ("1e16", "1e+16"), ("1e22", "1e+22"), ("123456789012345680000", "1.2345678901234568e+20"),
        ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("2.2250738585072014e-308", "2.2250738585072014e-308"),
        ("9007199254740992", "9007199254740992.0"), ("-9007199254740994", "-9.007199254740994e+15"),
        ("9223372036854775807.0", "9.223372036854776e+18"), ("0.30000000000000004", "0.30000000000000004"),
    ])
    func `A double is stored in its shortest form`(value: String, expected: String) throws {
        #expect(try stored(value, as: .double) == expected)
        // What is stored is JSON, and stored again it stays what it is.
        #expect(try stored(expected, as: .double) == expected)
    }

    @Test(arguments: [
        "9007199254740993", "-9007199254740993", "9223372036854775807", "9223372036854775809", "18446744073709551617",
        "-9223372036854775809", "1234567890123456789012345678901234567890123",
    ])
    func `An integer that no double holds is refused`(value: String) throws {
        #expect(try stored(value, as: .double) == "refused: has more digits than a double holds")
    }

    @Test(arguments: [
        ("1152921504606847000", "1.152921504606847e+18"), ("73786976294838210000", "7.378697629483821e+19"),
        ("-123456789012345680000", "-1.2345678901234568e+20"), ("9223372036854775808", "9.223372036854776e+18"),
        ("9223372036854776000", "9.223372036854776e+18"), ("100000000000000000000", "1e+20"),
    ])
    func `A large double is taken in the digits that JavaScript writes for it`(value: String, expected: String) throws {
        #expect(try stored(value, as: .double) == expected)
    }

    @Test(arguments: ["1e309", "-1e309", "1e999999999", "1e-400", "-1e-999999999", "0.00001e-350"])
    func `A number beyond the range of a double is refused, not changed`(value: String) throws {
        #expect(try stored(value, as: .double) == "refused: is a number out of range")
    }

    @Test(arguments: [(#""1.5""#, "a string"), (#""NaN""#, "a string"), ("true", "a boolean"), ("{}", "an object")])
    func `What is no number is no double`(value: String, kind: String) throws {
        #expect(try stored(value, as: .double) == "refused: must be a number, is \(kind)")
    }
}
