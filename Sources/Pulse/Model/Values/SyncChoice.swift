import PulseModel

/// An enum whose cases are the values of a field.
///
/// ```swift
/// enum Priority: String, SyncChoice { case low, high }
/// ```
public protocol SyncChoice: FieldValue, CaseIterable, RawRepresentable where RawValue: ChoiceRawValue {}

/// What the cases of a ``SyncChoice`` are in a field: `String` and `Int`.
public protocol ChoiceRawValue: FieldValue {
    /// The kind that holds these values and as little else as possible.
    static func kind(of choices: [Self]) -> FieldKind

    func fieldJSON() -> JSONValue
}

extension String: ChoiceRawValue {
    public static func kind(of choices: [String]) -> FieldKind {
        .string(maxLength: choices.map(\.unicodeScalars.count).reduce(1, Swift.max))
    }
}

extension Int: ChoiceRawValue {
    public static func kind(of choices: [Int]) -> FieldKind { .int }
}

extension SyncChoice {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: RawValue.kind(of: allCases.map(\.rawValue)))
    }

    public static var choices: [JSONValue] { allCases.map { $0.rawValue.fieldJSON() } }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard let value = Self(rawValue: try RawValue(fieldJSON: json)) else {
            throw FieldError("must be one of \(Self.allCases.map { "\($0.rawValue)" }.joined(separator: ", "))")
        }
        self = value
    }

    public func fieldJSON() -> JSONValue { rawValue.fieldJSON() }
}
