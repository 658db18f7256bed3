import CMongoC

/// A decimal floating-point number of 34 digits, as BSON has it.
struct Decimal128 {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Returns: nil unless the text is a number that 34 digits hold exactly.
    init?(_ text: String) {
        var decimal = bson_decimal128_t()
        guard bson_decimal128_from_string(text, &decimal) else { return nil }
        self.init(high: decimal.high, low: decimal.low)
    }

    /// The number in digits; with an exponent where it is far from the point.
    var text: String {
        var decimal = bson_decimal128_t()
        decimal.high = high
        decimal.low = low
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)) { buffer in
            bson_decimal128_to_string(&decimal, buffer.baseAddress!)
            return String(cString: buffer.baseAddress!)
        }
    }
}
