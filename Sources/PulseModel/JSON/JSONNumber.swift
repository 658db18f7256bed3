/// A number that is not a plain 64-bit integer, kept as the text that was sent.
///
/// `1.0`, `1e3`, `-0`, `9223372036854775808` and `1e999999999` all stay what they are; turning them into a machine
/// number, and deciding what is out of range, is up to whoever knows the field's type.
public struct JSONNumber: Sendable, Hashable {
    /// The literal: ASCII, valid by the grammar of RFC 8259, section 6.
    public let literal: String

    /// Takes a literal that the parser has checked.
    init(checked literal: String) {
        self.literal = literal
    }

    /// Checks a literal.
    ///
    /// - Returns: `nil` if the text is no JSON number, or if it is a plain 64-bit integer, which is a
    ///   ``JSONValue/int(_:)``.
    public init?(literal: String) {
        guard
            case .number(let number)? = try? JSONValue.parse(literal),
            number.literal.utf8.count == literal.utf8.count
        else { return nil }
        self = number
    }

    /// The nearest `Double`; infinite if the number is beyond its range.
    public var double: Double {
        // The grammar of JSON numbers is a subset of what `Double.init` reads, so this never falls back.
        Double(literal) ?? .nan
    }
}
