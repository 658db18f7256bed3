/// Searches over bytes, eight at a time. Nothing is read at or after `end`.
enum JSONScan {
    private static let lows: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first byte in `start..<end` that cannot stand in a JSON string as it is, which is a quote, a
    /// backslash or a control character below 0x20; `end` if there is none.
    @inline(__always)
    static func endOfPlainRun(in bytes: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var index = start
        while end &- index >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quote = word ^ (lows &* 0x22)
            let backslash = word ^ (lows &* 0x5C)
            // Subtracting borrows from the next byte only after a hit, so the lowest hit is exact.
            let hits =
                ((quote &- lows) & ~quote) | ((backslash &- lows) & ~backslash) | ((word &- (lows &* 0x20)) & ~word)
            if hits & highs != 0 { return index &+ (hits & highs).trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < end {
            let byte = bytes.load(fromByteOffset: index, as: UInt8.self)
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            index &+= 1
        }
        return end
    }

    /// Whether two buffers of the same length hold the same bytes.
    @inline(__always)
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard let a = left.baseAddress, let b = right.baseAddress else { return left.count == right.count }
        let count = left.count
        var index = 0
        while count &- index >= 8 {
            let x = a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let y = b.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if x != y { return false }
            index &+= 8
        }
        while index < count {
            let x = a.load(fromByteOffset: index, as: UInt8.self)
            if x != b.load(fromByteOffset: index, as: UInt8.self) { return false }
            index &+= 1
        }
        return true
    }
}
