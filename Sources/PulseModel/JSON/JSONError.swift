/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// What kind of damage it is.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// No bytes, or white space only.
        case empty
        /// A byte that the grammar does not allow there.
        case syntax
        /// The text stops in the middle of a value.
        case unexpectedEnd
        /// Arrays and objects nest deeper than the limit.
        case tooDeep
        /// A string holds bytes that are not UTF-8.
        case invalidUTF8
        /// The text starts with a byte order mark (of UTF-8 or UTF-16).
        case byteOrderMark
        /// Something other than white space follows the value.
        case trailingData
        /// A string holds a raw character below U+0020.
        case controlCharacter
        /// A string holds a backslash that starts no escape.
        case invalidEscape
        /// A number starts with a zero that should not be there.
        case leadingZero
    }

    /// The kind of damage.
    public let code: Code
    /// The offset, in bytes from the start, of the first byte that is wrong; the length of the text if it is too short.
    public let byteOffset: Int
    /// The byte at that offset, if there is one.
    public let byte: UInt8?
}

extension JSONError: CustomStringConvertible {
    /// One short sentence for people, which quotes at most one byte of the text.
    public var description: String {
        switch code {
        case .empty: "The text is empty."
        case .syntax: "Unexpected \(shownByte) at byte \(byteOffset)."
        case .unexpectedEnd: "The text stops in the middle of a value, at byte \(byteOffset)."
        case .tooDeep: "Arrays and objects nest too deep at byte \(byteOffset)."
        case .invalidUTF8: "The string is not UTF-8 at byte \(byteOffset)."
        case .byteOrderMark: "The text starts with a byte order mark."
        case .trailingData: "Unexpected \(shownByte) after the value, at byte \(byteOffset)."
        case .controlCharacter: "A raw control character in a string, at byte \(byteOffset)."
        case .invalidEscape: "An invalid escape in a string, at byte \(byteOffset)."
        case .leadingZero: "A number with a leading zero at byte \(byteOffset)."
        }
    }

    private var shownByte: String {
        guard let byte else { return "end" }
        if (0x21...0x7E).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
        let hex = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (hex.utf8.count < 2 ? "0" : "") + hex
    }
}
