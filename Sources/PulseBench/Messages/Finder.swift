/// Finds a short text in messages that look alike: first where it was last time, then everywhere.
package struct Finder: Sendable {
    private let needle: [UInt8]
    private var hint: Int

    package init(_ needle: String, hint: Int = 0) {
        precondition(!needle.isEmpty, "A Finder needs something to look for.")
        self.needle = Array(needle.utf8)
        self.hint = hint
    }

    /// The offset right behind the needle; nil when it is not there.
    ///
    /// Where the needle occurs twice this is not always the first one: look for what occurs once, or is the same twice.
    @inline(__always)
    package mutating func find(in text: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        if hint >= start, matches(text, at: hint) { return hint + needle.count }
        return search(in: text, from: start)
    }

    private mutating func search(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let last = text.count - needle.count
        guard start <= last else { return nil }
        let first = needle[0]
        for offset in start...last where text[offset] == first && matches(text, at: offset) {
            hint = offset
            return offset + needle.count
        }
        return nil
    }

    @inline(__always)
    private func matches(_ text: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard offset >= 0, offset + needle.count <= text.count else { return false }
        return needle.withUnsafeBytes { needle in
            for index in 0..<needle.count where text[offset + index] != needle[index] { return false }
            return true
        }
    }
}
