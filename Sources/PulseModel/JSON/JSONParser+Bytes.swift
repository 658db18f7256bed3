extension JSONParser {
    /// The byte at an offset below `end`.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        bytes.load(fromByteOffset: offset, as: UInt8.self)
    }

    /// The next byte; 0, which no token starts with, at the end.
    @inline(__always)
    var current: UInt8 {
        index < end ? byte(at: index) : 0
    }

    /// Moves to the next byte that is no white space and returns it, as `current` does.
    @inline(__always)
    mutating func skipSpace() -> UInt8 {
        while index < end {
            let found = byte(at: index)
            if found > 0x20 { return found }
            guard found == 0x20 || found == 0x0A || found == 0x0D || found == 0x09 else { return found }
            index &+= 1
        }
        return 0
    }

    /// Reads over a word, letter by letter.
    @inline(__always)
    mutating func word(_ expected: StaticString) throws(JSONError) {
        let letters = expected.utf8Start
        for offset in 0..<expected.utf8CodeUnitCount {
            guard current == letters[offset] else { throw unexpected() }
            index &+= 1
        }
    }

    /// An error at the next byte.
    @inline(never)
    func error(_ code: JSONError.Code) -> JSONError {
        error(code, at: index)
    }

    /// An error at some byte.
    @inline(never)
    func error(_ code: JSONError.Code, at offset: Int) -> JSONError {
        JSONError(code: code, byteOffset: offset, byte: offset < end ? byte(at: offset) : nil)
    }

    /// The error for a byte that does not belong where it is, or for the end of the text.
    @inline(never)
    func unexpected() -> JSONError {
        error(index < end ? .syntax : .unexpectedEnd)
    }
}
