/// Takes apart the members of an object that ``JSONWriter`` has written, without its braces: `"a":1,"b":"x"`.
///
/// The text is our own and was checked when it was written, so it is only measured here, not parsed: no memory is taken
/// and no value is looked into. Damage is reported as far as it hides where a member ends, and never leads astray.
public enum JSONMembers {
    /// Calls `body` once for each member, in order, with the ranges of its key, without the quotes, and of its value.
    ///
    /// A key that needs no escape when written stands in the bytes as it is; since ``JSONWriter`` has one way only to
    /// write a string, keys in their written form can be compared as bytes.
    ///
    /// - Returns: `false` if the text is damaged; `body` has been called for the members before the damage.
    @discardableResult
    public static func scan(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ key: Range<Int>, _ value: Range<Int>) -> Void
    ) -> Bool {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return true }
        let cursor = Cursor(bytes: base, end: bytes.count)
        var index = 0
        while true {
            guard let keyEnd = cursor.endOfString(at: index), cursor.byte(at: keyEnd) == UInt8(ascii: ":"),
                let valueEnd = cursor.endOfValue(at: keyEnd &+ 1)
            else { return false }
            let next = cursor.byte(at: valueEnd)
            guard valueEnd == bytes.count || next == UInt8(ascii: ",") else { return false }
            body((index &+ 1)..<(keyEnd &- 1), (keyEnd &+ 1)..<valueEnd)
            if valueEnd == bytes.count { return true }
            index = valueEnd &+ 1
        }
    }

    /// The same over an array; the ranges are its indices.
    @discardableResult
    public static func scan(_ bytes: [UInt8], _ body: (_ key: Range<Int>, _ value: Range<Int>) -> Void) -> Bool {
        bytes.withUnsafeBytes { bytes in scan(bytes, body) }
    }
}

extension JSONMembers {
    private struct Cursor {
        let bytes: UnsafeRawPointer
        let end: Int

        /// The byte at an offset; 0 at the end.
        @inline(__always)
        func byte(at index: Int) -> UInt8 {
            index < end ? bytes.load(fromByteOffset: index, as: UInt8.self) : 0
        }

        /// The index after the string that starts here.
        @inline(__always)
        func endOfString(at start: Int) -> Int? {
            guard byte(at: start) == UInt8(ascii: "\"") else { return nil }
            var index = start &+ 1
            while true {
                index = JSONScan.endOfPlainRun(in: bytes, from: index, to: end)
                switch byte(at: index) {
                case UInt8(ascii: "\""): return index &+ 1
                case UInt8(ascii: "\\"): index = min(index &+ 2, end)
                default: return nil
                }
            }
        }

        /// The index after the value that starts here.
        @inline(__always)
        func endOfValue(at start: Int) -> Int? {
            switch byte(at: start) {
            case UInt8(ascii: "\""): return endOfString(at: start)
            case UInt8(ascii: "{"), UInt8(ascii: "["): return endOfContainer(at: start)
            default:
                var index = start
                while isScalarByte(byte(at: index)) { index &+= 1 }
                return index > start ? index : nil
            }
        }

        /// The index after the bracket that closes the one here.
        func endOfContainer(at start: Int) -> Int? {
            var depth = 0
            var index = start
            while index < end {
                switch byte(at: index) {
                case UInt8(ascii: "\""):
                    guard let next = endOfString(at: index) else { return nil }
                    index = next
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth &+= 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth &-= 1
                    if depth == 0 { return index &+ 1 }
                case 0...0x20:
                    return nil
                default:
                    break
                }
                index &+= 1
            }
            return nil
        }

        /// Whether a byte can be part of a number, `true`, `false` or `null`.
        @inline(__always)
        func isScalarByte(_ byte: UInt8) -> Bool {
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2D || byte == 0x2B || byte == 0x2E
        }
    }
}
