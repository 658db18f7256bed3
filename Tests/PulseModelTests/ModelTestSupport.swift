import PulseModel

/// What a field makes of a value given as JSON: its stored form, or `refused: ` and why.
func stored(_ value: String, as kind: FieldKind, isNullable: Bool = false) throws -> String {
    let value = try JSONValue.parse(value)
    do {
        return String(decoding: try kind.storedForm(of: value, isNullable: isNullable), as: UTF8.self)
    } catch {
        return "refused: \(error)"
    }
}

/// The members of an object given as JSON.
func members(_ text: String) throws -> [JSONObject.Member] {
    guard case .object(let object) = try JSONValue.parse(text) else { fatalError("Not an object: \(text)") }
    return object.members
}

/// A string with quotes that holds one text so many times.
func quoted(_ text: String, times count: Int = 1) -> String {
    "\"" + String(repeating: text, count: count) + "\""
}

extension FieldValues {
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// What clients of a model are sent.
    func sent(as model: Model) -> String {
        var writer = JSONWriter()
        write(as: model, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The values after the members of a JSON object have been written over these.
    func patched(_ patch: String, in model: Model, by author: FieldPatch.Author = .client) throws -> FieldValues {
        try merged(with: FieldPatch(members(patch), for: model, by: author, ignoring: { _ in false }), in: model)
    }
}

extension Model {
    /// A user's model called `task`.
    static func task(
        _ fields: [Field], audience: Audience = .user, unknownFields: UnknownFields = .reject
    ) throws -> Model {
        try Model(ModelName("task")!, audience: audience, fields: fields, unknownFields: unknownFields)
    }
}
