extension JSONScan {
    /// The index of the first byte in `start..<end` at which the bytes stop being UTF-8; `nil` if they do not.
    @inline(__always)
    static func firstInvalidUTF8(in bytes: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        let index = endOfASCII(in: bytes, from: start, to: end)
        return index == end ? nil : firstInvalidUTF8(in: bytes, afterASCII: index, to: end)
    }

    /// The index of the first byte of a word, or the first byte, that is not all ASCII.
    @inline(__always)
    private static func endOfASCII(in bytes: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var index = start
        while end &- index >= 8 {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { return index }
            index &+= 8
        }
        while index < end, bytes.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index &+= 1 }
        return index
    }

    /// Checks sequence by sequence, by table 3-7 of the Unicode standard.
    @inline(never)
    private static func firstInvalidUTF8(in bytes: UnsafeRawPointer, afterASCII start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            let lead = bytes.load(fromByteOffset: index, as: UInt8.self)
            if lead < 0x80 {
                index = endOfASCII(in: bytes, from: index &+ 1, to: end)
                continue
            }
            // The length of the sequence and the range of its second byte.
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, low) = (3, 0xA0)
            case 0xED: (length, high) = (3, 0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, low) = (4, 0x90)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, high) = (4, 0x8F)
            default: return index
            }
            guard end &- index >= length else { return index }
            let second = bytes.load(fromByteOffset: index &+ 1, as: UInt8.self)
            guard second >= low, second <= high else { return index }
            var offset = 2
            while offset < length {
                let further = bytes.load(fromByteOffset: index &+ offset, as: UInt8.self)
                guard further & 0xC0 == 0x80 else { return index }
                offset &+= 1
            }
            index &+= length
        }
        return nil
    }
}
