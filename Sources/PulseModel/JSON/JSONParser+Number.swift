extension JSONParser {
    /// The number that starts at `index`, with a minus sign or a digit.
    mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { index &+= 1 }

        let firstDigit = index
        // Wraps around beyond 19 digits, and is not used then.
        var magnitude: UInt64 = 0
        while let digit = digit() {
            magnitude = magnitude &* 10 &+ UInt64(digit)
            index &+= 1
        }
        let digitCount = index &- firstDigit
        guard digitCount > 0 else { throw unexpected() }
        if digitCount > 1, byte(at: firstDigit) == UInt8(ascii: "0") { throw error(.leadingZero, at: firstDigit) }

        var isIntegral = true
        if current == UInt8(ascii: ".") {
            isIntegral = false
            index &+= 1
            try digits()
        }
        if current | 0x20 == UInt8(ascii: "e") {
            isIntegral = false
            index &+= 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index &+= 1 }
            try digits()
        }

        if isIntegral, digitCount <= 19 {
            if isNegative {
                if magnitude != 0, magnitude <= Int64.min.magnitude {
                    return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
                }
            } else if magnitude <= UInt64(Int64.max) {
                return .int(Int64(truncatingIfNeeded: magnitude))
            }
        }
        guard index &- start <= limits.maximumScalarBytes else { return .oversized }
        let literal = UnsafeRawBufferPointer(start: bytes + start, count: index - start)
        return .number(JSONNumber(checked: String(decoding: literal, as: UTF8.self)))
    }

    /// One digit or more.
    private mutating func digits() throws(JSONError) {
        guard digit() != nil else { throw unexpected() }
        while digit() != nil { index &+= 1 }
    }

    /// The value of the next byte as a digit.
    @inline(__always)
    private func digit() -> UInt8? {
        let value = current &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }
}
