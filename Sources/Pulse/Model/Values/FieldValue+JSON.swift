import PulseModel

/// A `json`. In a `JSONValue?`, JSON's null and nil are one.
extension JSONValue: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .json)
    }

    public init(fieldJSON json: JSONValue) {
        self = json
    }

    public func fieldJSON() -> JSONValue { self }
}
