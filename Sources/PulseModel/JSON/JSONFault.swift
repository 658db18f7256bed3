/// What makes a well-formed JSON value unusable.
///
/// A fault does not stop the parser, so that the caller can still find the id of the request, or the name of the field,
/// to report it with.
public enum JSONFault: Error, Sendable, Hashable {
    /// An object holds this key more than once, escapes resolved and compared by UTF-8 bytes.
    case duplicateKey(String)
    /// A key holds the escape of a lone surrogate.
    case invalidKey
    /// A string holds the escape of a lone surrogate.
    case invalidString
    /// A string or a number has more bytes than the limit.
    case oversized
    /// A key has more bytes than the limit.
    case oversizedKey
    /// An object has more keys than the limit.
    case tooManyKeys

    /// Whether it is only too much for a limit.
    public var isTooLarge: Bool { self == .oversized || self == .oversizedKey || self == .tooManyKeys }
}

extension JSONFault: CustomStringConvertible {
    /// One short sentence, with at most 64 bytes of the key.
    public var description: String {
        switch self {
        case .duplicateKey(let key):
            "The key \"\(Self.excerpt(of: key))\" is there twice."
        case .invalidKey:
            "A key holds half of a surrogate pair."
        case .invalidString:
            "A string holds half of a surrogate pair."
        case .oversized:
            "A string or number is longer than allowed."
        case .oversizedKey:
            "A key is longer than allowed."
        case .tooManyKeys:
            "An object has more keys than allowed."
        }
    }

    /// The start of a key: whole scalars, at most 61 bytes and three dots, control characters shown as `?`.
    private static func excerpt(of key: String) -> String {
        var result = String.UnicodeScalarView()
        var length = 0
        for scalar in key.unicodeScalars {
            length += UTF8.width(scalar)
            if length > 61 { return String(result) + "..." }
            result.append(scalar.value < 0x20 || scalar.value == 0x7F ? "?" : scalar)
        }
        return String(result)
    }
}
