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
