public import PulseModel

/// What is served when no schema file is named: the models that django-pulse's example has.
public enum DefaultSchema {
    public static let schema: Schema = {
        do {
            return try make()
        } catch {
            preconditionFailure("The built-in schema breaks a rule: \(error)")
        }
    }()

    private static func make() throws(SchemaError) -> Schema {
        try Schema([
            Model(
                name("task"), audience: .user,
                fields: [
                    Field("title", .string(maxLength: 200)),
                    Field("description", .text),
                    Field("completed", .bool, default: .bool(false)),
                ]),
            Model(
                name("item"), audience: .global,
                fields: [
                    Field("name", .string(maxLength: 255)),
                    Field("description", .text),
                    Field("price", .decimal(maxDigits: 10, decimalPlaces: 2), default: .string("0.00")),
                ]),
        ])
    }

    private static func name(_ text: String) throws(SchemaError) -> ModelName {
        guard let name = ModelName(text) else { throw SchemaError("'\(text)' is no name of a model") }
        return name
    }
}
