/// The identity of a record on every device: a UUID that the device which created the record chose.
public struct SyncID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes 0–7 and 8–15, each as a big-endian number.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new random (version 4) id.
    public static func random() -> SyncID {
        SyncID(
            high: UInt64.random(in: .min ... .max) & 0xffff_ffff_ffff_0fff | 0x4000,
            low: UInt64.random(in: .min ... .max) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// Reads 32 hexadecimal digits of either case, with the four usual hyphens or with none.
    public init?(_ text: String) {
        var digits: (UInt64, UInt64) = (0, 0)
        var count = 0
        let hyphenated = text.utf8.count == 36
        guard hyphenated || text.utf8.count == 32 else { return nil }
        for (offset, byte) in text.utf8.enumerated() {
            if hyphenated, offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if count < 16 {
                digits.0 = digits.0 << 4 | UInt64(digit)
            } else {
                digits.1 = digits.1 << 4 | UInt64(digit)
            }
            count += 1
        }
        self.init(high: digits.0, low: digits.1)
    }

    /// Calls `body` with the 16 bytes.
    package func bytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }

    /// Appends the 36 characters of the usual form, in lower case.
    public func append(to bytes: inout [UInt8]) {
        // Put together first: the array is asked for its room once, not 36 times.
        withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { text in
            var place = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[place] = UInt8(ascii: "-")
                    place &+= 1
                }
                let word = index < 8 ? high : low
                let byte = UInt8(truncatingIfNeeded: word &>> UInt64(56 &- (index & 7) &* 8))
                text[place] = Self.digit(byte >> 4)
                text[place &+ 1] = Self.digit(byte & 0xf)
                place &+= 2
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(text))
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "a") &+ nibble &- 10
    }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
