import Foundation
import Pulse
import PulseTesting
import Testing

/// Values on their way into a field and back: Swift, JSON, the field's stored form, JSON, Swift.
@Suite struct FieldValueTests {
    enum Priority: String, SyncChoice {
        case low
        case high = "très haut 🚀"
        case none = ""
    }

    enum Level: Int, SyncChoice {
        case least = -9_223_372_036_854_775_808
        case one = 1
        case greatest = 9_223_372_036_854_775_807
    }

    @Test(arguments: ["", "a", "\0", "a\0b", "e\u{301}", "é", "👩‍👩‍👧‍👦", "\u{FEFF}", "\u{10FFFF}", "\"\\/\n\u{7F}"])
    func `A text comes back scalar by scalar`(_ text: String) throws {
        #expect(try Array(stored(text).utf8) == Array(text.utf8))
        let maxLength = max(1, text.unicodeScalars.count)
        #expect(try Array(stored(text, FieldOptions(maxLength: maxLength)).utf8) == Array(text.utf8))
    }

    @Test func `Flags and integers come back, up to the limits`() throws {
        for flag in [true, false] { #expect(try stored(flag) == flag) }
        for number in [0, 1, -1, .max, .min, 1 << 53 + 1] { #expect(try stored(number) == number) }
    }

    @Test func `A double comes back bit by bit`() throws {
        let extremes = [
            0, -0.0, 1, -1.5, 0.1, .pi, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNormalMagnitude,
            .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e21, 1e16, 9_007_199_254_740_992, 123_456_789_012_345_680,
        ]
        var generator = SeededGenerator(seed: 1)
        let random = (0..<5_000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        for number in extremes + random { #expect(try stored(number).bitPattern == number.bitPattern) }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `A double that is not finite has no form`(_ number: Double) {
        #expect(throws: FieldError.self) { try number.fieldJSON() }
    }

    @Test func `A decimal comes back to the last of 38 digits`() throws {
        let nines = String(repeating: "9", count: 38)
        #expect(try decimal(nines, places: 0) == nines)
        #expect(try decimal("-" + nines, places: 0) == "-" + nines)
        #expect(try decimal("-0." + nines, places: 38) == "-0." + nines)
        #expect(try decimal("0." + String(repeating: "0", count: 37) + "1", places: 38).hasSuffix("01"))
        #expect(try decimal("0", places: 2) == "0")
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2_000 {
            let places = Int.random(in: 0...38, using: &generator)
            let digits = (0..<38).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
            let text = digits.prefix(38 - places) + "." + digits.suffix(places) + "0"
            let value = try #require(Decimal(string: String(text)))
            #expect(try stored(value, FieldOptions(maxDigits: 38, decimalPlaces: places)) == value)
        }
    }

    @Test func `A decimal that is no number has no form`() {
        #expect(throws: FieldError.self) { try Decimal.nan.fieldJSON() }
    }

    @Test func `UUIDs and JSON come back`() throws {
        for _ in 0..<100 {
            let id = UUID()
            #expect(try stored(id) == id)
        }
        let values: [JSONValue] = [
            true, 5, 0.5, "", [], [:], ["a": [.null, ["b": -1]], "\u{1F600}": "\0"], .int(.min),
            try .parse("[1.0, 1e400, -0, 99999999999999999999]"),
        ]
        for value in values { #expect(try stored(value) == value) }
    }

    @Test func `Choices come back, and their kind holds no more than they need`() throws {
        for priority in Priority.allCases { #expect(try stored(priority) == priority) }
        for level in Level.allCases { #expect(try stored(level) == level) }
        #expect(try Priority.kind(with: FieldOptions()) == .string(maxLength: 11))
        #expect(try Level.kind(with: FieldOptions()) == .int)
        #expect(Optional<Priority>.choices == [.string("low"), .string("très haut 🚀"), .string("")])
        let error = #expect(throws: FieldError.self) { try Level(fieldJSON: .int(2)) }
        #expect(error?.message.hasPrefix("must be one of -9223372036854775808, 1") == true)
    }

    @Test func `References come back by either key`() throws {
        let syncID = SyncID.random()
        #expect(try stored(Reference<Everything>.syncID(syncID)) == .syncID(syncID))
        #expect(try stored(Reference<Everything>.id(.max)) == .id(.max))
        #expect(try stored(PlainReference.number(-7)) == .number(-7))
        #expect(try stored(PlainReference.text("ünits")) == .text("ünits"))
        #expect(try Reference<Everything>.kind(with: FieldOptions()) == .reference(to: Everything.modelName))
        #expect(try PlainReference.kind(with: FieldOptions()) == .reference(to: nil))
    }

    @Test func `An optional is nullable, and nothing else is`() throws {
        #expect(try stored(Int?.none) == nil)
        #expect(try stored(Int?.some(5)) == 5)
        #expect(Optional<Int>.isNullable)
        #expect(!Int.isNullable)
        #expect(throws: FieldError.self) { try Int(fieldJSON: .null) }
        #expect(throws: FieldError.self) { try String(fieldJSON: .null) }
    }

    @Test func `Options are those of the type`() throws {
        #expect(try String.kind(with: FieldOptions()) == .text)
        #expect(try String.kind(with: FieldOptions(maxLength: 3)) == .string(maxLength: 3))
        #expect(throws: SchemaError.self) { try Bool.kind(with: FieldOptions(maxLength: 3)) }
        #expect(throws: SchemaError.self) { try Int.kind(with: FieldOptions(decimalPlaces: 3)) }
        #expect(throws: SchemaError.self) { try String.kind(with: FieldOptions(maxLength: 3, maxDigits: 3)) }
        #expect(throws: SchemaError.self) { try Priority.kind(with: FieldOptions(maxLength: 3)) }
        #expect(throws: SchemaError.self) { try Decimal.kind(with: FieldOptions(maxDigits: 3)) }
        #expect(throws: SchemaError.self) {
            try Decimal.kind(with: FieldOptions(maxLength: 1, maxDigits: 3, decimalPlaces: 1))
        }
    }

    private func decimal(_ text: String, places: Int) throws -> String {
        let value = try #require(Decimal(string: text))
        return try stored(value, FieldOptions(maxDigits: 38, decimalPlaces: places)).description
    }
}

/// The value that comes back from a field.
func stored<Value: FieldValue>(_ value: Value, _ options: FieldOptions = FieldOptions()) throws -> Value {
    let bytes = try Value.kind(with: options).storedForm(of: value.fieldJSON(), isNullable: Value.isNullable)
    return try Value(fieldJSON: JSONValue.parse(bytes))
}
