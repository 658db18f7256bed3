#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Walks JSON text once, value by value, without copying it.
///
/// It takes what a server writes and does not validate: every reader answers nil, or false, where the text is not what
/// it expects, and then the whole message is not understood.
package struct JSONCursor {
    private let text: UnsafeRawBufferPointer
    private var index = 0

    package init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    /// Reads an object. `each` is handed every key and must read or skip its value.
    package mutating func members(_ each: (UnsafeRawBufferPointer, inout JSONCursor) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let key = string(), take(UInt8(ascii: ":")), each(key, &self) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Reads an array. `each` must read or skip every element.
    package mutating func elements(_ each: (inout JSONCursor) -> Bool) -> Bool {
        guard take(UInt8(ascii: "[")) else { return false }
        if take(UInt8(ascii: "]")) { return true }
        repeat {
            guard each(&self) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    /// Skips an array, and adds how many elements it has to `count`.
    package mutating func skipElements(counting count: inout Int) -> Bool {
        elements { cursor in
            count += 1
            return cursor.skip()
        }
    }

    /// The inside of a string, its escapes as they stand.
    package mutating func string() -> UnsafeRawBufferPointer? {
        guard take(UInt8(ascii: "\"")), let base = text.baseAddress else { return nil }
        let start = index
        while let quote = memchr(base + index, Int32(UInt8(ascii: "\"")), text.count - index) {
            index = base.distance(to: quote) + 1
            let inside = UnsafeRawBufferPointer(rebasing: text[start..<index - 1])
            // Behind an odd number of backslashes, a quote is part of the string.
            if inside.reversed().prefix(while: { $0 == UInt8(ascii: "\\") }).count.isMultiple(of: 2) { return inside }
        }
        return nil
    }

    /// An integer, also one in quotes; nil, and the value is skipped, for anything else.
    package mutating func integer() -> Int64? {
        skipSpace()
        let isQuoted = peek == UInt8(ascii: "\"")
        let found = JSONScan.digits(in: text, at: isQuoted ? index + 1 : index)
        return skip() ? found : nil
    }

    /// True or false, or 1 or 0; nil, and the value is skipped, for anything else.
    package mutating func bool() -> Bool? {
        skipSpace()
        let first = peek
        guard skip() else { return nil }
        switch first {
        case UInt8(ascii: "t"), UInt8(ascii: "1"): return true
        case UInt8(ascii: "f"), UInt8(ascii: "0"): return false
        default: return nil
        }
    }

    /// Skips one value of any kind.
    package mutating func skip() -> Bool {
        skipSpace()
        switch peek {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "{"): return members { $1.skip() }
        case UInt8(ascii: "["): return elements { $0.skip() }
        case nil: return false
        default:
            let start = index
            while let byte = peek, !Self.isEnd(byte) { index += 1 }
            return index > start
        }
    }

    private var peek: UInt8? { index < text.count ? text[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte <= 0x20 { index += 1 }
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of `text`.
    @inline(__always)
    func isText(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && (count == 0 || memcmp(baseAddress!, text.utf8Start, count) == 0)
    }
}
