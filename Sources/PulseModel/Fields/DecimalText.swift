/// A decimal number taken apart as text, so that no digit of it is ever rounded.
struct DecimalText {
    private let isNegative: Bool
    /// All digits, without leading zeros.
    private let digits: [UInt8]
    /// How many of the digits stand behind the point; negative where zeros follow the last digit.
    private let places: Int

    /// Reads `-12.50`, `.5`, `12` and `1.25e1`.
    init(_ text: String) throws(FieldError) {
        let malformed = FieldError("must be a decimal number as a string")
        var rest = Array(text.utf8)[...]
        guard rest.count <= 128 else { throw FieldError("has more digits than a decimal may") }
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        var digits: [UInt8] = []
        var places = 0
        var seenPoint = false
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else if (0x30...0x39).contains(byte) {
                digits.append(byte)
                if seenPoint { places += 1 }
            } else {
                break
            }
            rest.removeFirst()
        }
        guard !digits.isEmpty else { throw malformed }
        if let marker = rest.first {
            guard marker | 0x20 == UInt8(ascii: "e"),
                let exponent = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), (-128...128).contains(exponent)
            else { throw malformed }
            places -= exponent
        }
        self.digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
        self.places = places
    }

    /// The number with exactly `decimalPlaces` digits behind the point.
    ///
    /// - Throws: ``FieldError`` when digits would be lost or there are more than `maxDigits`.
    func padded(maxDigits: Int, decimalPlaces: Int) throws(FieldError) -> String {
        var digits = digits
        var places = digits.isEmpty ? 0 : places
        while places > decimalPlaces {
            guard digits.last == UInt8(ascii: "0") || digits.isEmpty else {
                throw FieldError("must have at most \(decimalPlaces) decimal places")
            }
            if !digits.isEmpty { digits.removeLast() }
            places -= 1
        }
        digits += Array(repeating: UInt8(ascii: "0"), count: digits.isEmpty ? 0 : decimalPlaces - places)
        guard digits.count <= maxDigits else {
            throw FieldError("must have at most \(maxDigits) digits, \(decimalPlaces) of them decimal places")
        }
        let isZero = digits.isEmpty
        digits = Array(repeating: UInt8(ascii: "0"), count: max(0, decimalPlaces + 1 - digits.count)) + digits
        var text = isNegative && !isZero ? "-" : ""
        text += String(decoding: digits.dropLast(decimalPlaces), as: UTF8.self)
        if decimalPlaces > 0 { text += "." + String(decoding: digits.suffix(decimalPlaces), as: UTF8.self) }
        return text
    }
}
