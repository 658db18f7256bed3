/// Writes canonical JSON: no white space, UTF-8, and one way only to write each string.
///
/// In strings `"`, `\` and the characters below U+0020 are escaped, these in their short form where there is one and as
/// `\u00xx` in lower case elsewhere; everything else stands as it is. Commas, colons and brackets around the values are
/// written by the caller, with ``raw(_:)-(StaticString)``.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public package(set) var bytes: [UInt8] = []

    /// An empty writer with room for so many bytes.
    public init(reserving byteCount: Int = 0) {
        bytes.reserveCapacity(byteCount)
    }

    /// Forgets what has been written, and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Forgets everything after the first so many bytes.
    package mutating func cut(to byteCount: Int) {
        bytes.removeLast(bytes.count - byteCount)
    }

    /// Writes `null`.
    public mutating func null() {
        raw("null")
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// Writes an integer.
    public mutating func int(_ value: Int64) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
            return
        }
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { buffer in
            var rest = value.magnitude
            var start = 20
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start &-= 1
                buffer[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest > 0
            if value < 0 {
                start &-= 1
                buffer[start] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[start...]))
        }
    }

    /// Writes a piece of JSON that is known to be right.
    public mutating func raw(_ text: StaticString) {
        if text.hasPointerRepresentation {
            bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        } else {
            bytes.append(contentsOf: UTF8.encode(text.unicodeScalar).unsafelyUnwrapped)
        }
    }

    /// Writes a piece of JSON that is known to be right.
    public mutating func raw(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    /// Writes a piece of JSON that is known to be right.
    public mutating func raw(_ json: ArraySlice<UInt8>) {
        bytes.append(contentsOf: json)
    }

    /// Writes a piece of JSON that is known to be right.
    public mutating func raw(_ json: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: json)
    }
}
