extension JSONWriter {
    /// Writes a string, with its quotes.
    public mutating func string(_ text: String) {
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { content in
            quoted(UnsafeRawBufferPointer(content))
        }
        if isWritten == nil {
            Array(text.utf8).withUnsafeBytes { content in quoted(content) }
        }
    }

    private mutating func quoted(_ content: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        if let base = content.baseAddress {
            var start = 0
            while true {
                let stop = JSONScan.endOfPlainRun(in: base, from: start, to: content.count)
                raw(UnsafeRawBufferPointer(start: base + start, count: stop &- start))
                guard stop < content.count else { break }
                escaped(content[stop])
                start = stop &+ 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw(#"\""#)
        case UInt8(ascii: "\\"): raw(#"\\"#)
        case 0x08: raw(#"\b"#)
        case 0x09: raw(#"\t"#)
        case 0x0A: raw(#"\n"#)
        case 0x0C: raw(#"\f"#)
        case 0x0D: raw(#"\r"#)
        default:
            raw(byte < 0x10 ? #"\u000"# : #"\u001"#)
            let digit = byte & 0x0F
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
