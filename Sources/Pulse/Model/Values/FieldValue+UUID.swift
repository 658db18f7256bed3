import PulseModel

/// A `uuid`.
extension UUID: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .uuid)
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        guard case .string(let text) = json, let value = UUID(uuidString: text) else {
            throw json.mismatch("a UUID as a string")
        }
        self = value
    }

    public func fieldJSON() -> JSONValue { .string(uuidString.lowercased()) }
}
