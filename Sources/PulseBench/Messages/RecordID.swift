/// A record's `sync_id`.
package struct RecordID: Hashable, Sendable, CustomStringConvertible {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits in either case; hyphens are skipped. Nil for anything else.
    package init?(text: UnsafeRawBufferPointer) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for byte in text where byte != UInt8(ascii: "-") {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            digits += 1
        }
        guard digits == 32 else { return nil }
        (high, low) = words
    }

    package static let textLength = 36

    /// Its 36 characters.
    package var text: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.textLength)
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { out.append(UInt8(ascii: "-")) }
            let word = position < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (position & 15) * 4)) & 0xF
            out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return out
    }

    package var description: String { String(decoding: text, as: UTF8.self) }

    /// A number that differs between records and versions; sums of it tell whether two stores hold the same.
    package func digest(at version: Int64) -> UInt64 {
        var mixed = SeededNumbers(seed: high ^ low &* 31 ^ UInt64(bitPattern: version) &* 0x9E37_79B9)
        return mixed.next()
    }
}
