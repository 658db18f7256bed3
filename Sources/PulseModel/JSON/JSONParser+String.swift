extension JSONParser {
    /// The string whose opening quote is at `index`; `nil` if it is longer than allowed or holds a lone surrogate, as
    /// ``wasOversized`` says.
    @inline(__always)
    mutating func string() throws(JSONError) -> String? {
        let start = index &+ 1
        let stop = JSONScan.endOfPlainRun(in: bytes, from: start, to: end)
        if stop < end, byte(at: stop) == UInt8(ascii: "\"") {
            index = stop &+ 1
            let content = UnsafeRawBufferPointer(start: bytes + start, count: stop &- start)
            if let invalid = JSONScan.firstInvalidUTF8(in: bytes, from: start, to: stop) {
                throw error(.invalidUTF8, at: invalid)
            }
            guard content.count <= limits.maximumScalarBytes else {
                wasOversized = true
                return nil
            }
            return String(decoding: content, as: UTF8.self)
        }
        return try stringWithEscapes(from: start, firstStop: stop)
    }

    /// The rest of a string that holds an escape, or is broken, at `firstStop`.
    @inline(never)
    private mutating func stringWithEscapes(from start: Int, firstStop: Int) throws(JSONError) -> String? {
        scratch.removeAll(keepingCapacity: true)
        var isValid = true
        var runStart = start
        index = firstStop
        while true {
            scratch.append(contentsOf: UnsafeRawBufferPointer(start: bytes + runStart, count: index &- runStart))
            guard index < end else { throw error(.unexpectedEnd) }
            switch byte(at: index) {
            case UInt8(ascii: "\""):
                // The whole is checked even if a lone surrogate makes it useless: bytes that are not UTF-8 are worse.
                // Escapes are ASCII, so what is valid as it was sent is valid with the escapes resolved.
                if let invalid = JSONScan.firstInvalidUTF8(in: bytes, from: start, to: index) {
                    throw error(.invalidUTF8, at: invalid)
                }
                index &+= 1
                wasOversized = isValid
                return isValid && scratch.count <= limits.maximumScalarBytes
                    ? String(decoding: scratch, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                if try !escape() { isValid = false }
            default:
                throw error(.controlCharacter)
            }
            runStart = index
            index = JSONScan.endOfPlainRun(in: bytes, from: runStart, to: end)
        }
    }

    /// Appends what the escape at `index` stands for; `false` if that is a lone surrogate.
    private mutating func escape() throws(JSONError) -> Bool {
        let start = index
        index &+= 1
        guard index < end else { throw error(.unexpectedEnd) }
        let letter = byte(at: index)
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw error(.invalidEscape, at: start)
        }
        index &+= 1
        return true
    }

    /// `\u` and four hexadecimal digits, twice for a surrogate pair.
    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Bool {
        index &+= 1
        let unit = try fourHexDigits(escapeAt: start)
        if let scalar = Unicode.Scalar(unit) {
            scratch.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
            return true
        }
        guard unit < 0xDC00, end &- index >= 2, byte(at: index) == UInt8(ascii: "\\"),
            byte(at: index &+ 1) == UInt8(ascii: "u")
        else { return false }
        let second = index
        index &+= 2
        let low = try fourHexDigits(escapeAt: second)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { return false }
        scratch.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        return true
    }

    private mutating func fourHexDigits(escapeAt start: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard index < end else { throw error(.unexpectedEnd) }
            switch byte(at: index) {
            case let digit where digit &- 0x30 < 10: unit = unit << 4 | UInt32(digit &- 0x30)
            case let letter where (letter | 0x20) &- 0x61 < 6: unit = unit << 4 | UInt32((letter | 0x20) &- 0x61 + 10)
            default: throw error(.invalidEscape, at: start)
            }
            index &+= 1
        }
        return unit
    }
}
