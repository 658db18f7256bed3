/// A JSON text (RFC 8259) as a tree, with nothing lost that a store or a client could care about.
///
/// Numbers keep their literal unless they are integral and fit 64 bits; object members keep their order; strings are
/// kept scalar by scalar, without normalisation.
public enum JSONValue: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number sent in integral form (no fraction, no exponent) that fits 64 bits. `-0` is not one: it has a sign
    /// that an integer cannot hold.
    case int(Int64)
    /// Any other number, with its literal as sent.
    case number(JSONNumber)
    /// A string: any sequence of Unicode scalars, U+0000 included.
    case string(String)
    /// An array, in order.
    case array([JSONValue])
    /// An object, its members in order. Look at its ``JSONObject/fault`` before trusting it.
    case object(JSONObject)
    /// A string that holds the escape of a lone surrogate, which no Unicode text can hold. The rest of the document is
    /// parsed all the same, so that whoever uses the value can say which field was wrong.
    case invalidString
    /// A string or number longer than the limit, which is not kept. The rest of the document is parsed all the same.
    case oversized
}

extension JSONValue {
    /// The first thing inside this value, in document order, that cannot be stored or written; `nil` if all is well.
    ///
    /// An object's own fault comes before those of its members' values.
    public var firstFault: JSONFault? {
        switch self {
        case .null, .bool, .int, .number, .string:
            return nil
        case .invalidString:
            return .invalidString
        case .oversized:
            return .oversized
        case .array(let elements):
            for element in elements {
                if let fault = element.firstFault { return fault }
            }
            return nil
        case .object(let object):
            if let fault = object.fault { return fault }
            for member in object.members {
                if let fault = member.value.firstFault { return fault }
            }
            return nil
        }
    }
}
