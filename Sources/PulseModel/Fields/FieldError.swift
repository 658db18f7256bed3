/// Why a value does not fit its field.
public struct FieldError: Error, Sendable, CustomStringConvertible {
    /// The field's name, or empty while the field is not known yet.
    public let field: String
    /// The rule that is broken and what was given, as in `must have at most 200 characters, has 250`.
    public let message: String

    public init(field: String = "", _ message: String) {
        self.field = field
        self.message = message
    }

    public var description: String { field.isEmpty ? message : "\(field): \(message)" }
}
