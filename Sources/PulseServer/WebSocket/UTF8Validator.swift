/// Checks UTF-8 that arrives in pieces, and says no at the first byte that cannot be part of any valid text.
package struct UTF8Validator: Sendable {
    /// Continuation bytes still owed by the sequence that has begun.
    private var owed: UInt8 = 0
    /// What the next continuation byte may be; narrower after E0, ED, F0 and F4.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    package init() {}

    /// True when the text may end here.
    package var isAtBoundary: Bool { self.owed == 0 }

    /// Takes the next piece; false when it can no longer become valid.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let count = bytes.count
        var index = 0
        while index < count {
            if self.owed == 0 {
                while index &+ 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index &+= 8
                }
                guard index < count else { return true }
            }
            let byte = bytes[index]
            index &+= 1
            if self.owed > 0 {
                guard byte >= self.lowest, byte <= self.highest else { return false }
                self.expect(self.owed &- 1)
            } else if byte >= 0x80 {
                guard self.begin(byte) else { return false }
            }
        }
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: self.expect(1)
        case 0xE0: self.expect(2, from: 0xA0)
        case 0xED: self.expect(2, to: 0x9F)
        case 0xE1...0xEF: self.expect(2)
        case 0xF0: self.expect(3, from: 0x90)
        case 0xF4: self.expect(3, to: 0x8F)
        case 0xF1...0xF3: self.expect(3)
        default: return false
        }
        return true
    }

    private mutating func expect(_ owed: UInt8, from lowest: UInt8 = 0x80, to highest: UInt8 = 0xBF) {
        self.owed = owed
        self.lowest = lowest
        self.highest = highest
    }
}
