import PulseModel

/// A Swift type whose values a field holds.
public protocol FieldValue: Sendable {
    /// The kind of a field of this type.
    ///
    /// - Throws: `SchemaError` when the options are not those of the type.
    static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind

    /// Whether null is a value of the type.
    static var isNullable: Bool { get }

    /// The only values that a field may have; empty where it may have any of its kind.
    static var choices: [JSONValue] { get }

    /// The value that a field has in JSON.
    ///
    /// - Throws: `FieldError` when it is none of the type.
    init(fieldJSON json: JSONValue) throws(FieldError)

    /// The value as JSON. ``init(fieldJSON:)`` makes the same value of it, and so it does of its stored form.
    ///
    /// - Throws: `FieldError` when no field can hold the value.
    func fieldJSON() throws(FieldError) -> JSONValue
}

extension FieldValue {
    public static var isNullable: Bool { false }

    public static var choices: [JSONValue] { [] }
}

/// What `@Field` says of a field's kind.
public struct FieldOptions: Sendable {
    public let maxLength: Int?
    public let maxDigits: Int?
    public let decimalPlaces: Int?

    public init(maxLength: Int? = nil, maxDigits: Int? = nil, decimalPlaces: Int? = nil) {
        self.maxLength = maxLength
        self.maxDigits = maxDigits
        self.decimalPlaces = decimalPlaces
    }

    /// - Returns: a kind that takes no options.
    /// - Throws: `SchemaError` when there are some.
    func none(for kind: FieldKind) throws(SchemaError) -> FieldKind {
        guard maxLength == nil else { throw SchemaError("maxLength belongs to a String") }
        guard maxDigits == nil, decimalPlaces == nil else {
            throw SchemaError("maxDigits and decimalPlaces belong to a Decimal")
        }
        return kind
    }
}

extension JSONValue {
    /// What is said of a value that should be something else.
    func mismatch(_ expectation: String) -> FieldError {
        FieldError("must be \(expectation), is \(kindName)")
    }
}
