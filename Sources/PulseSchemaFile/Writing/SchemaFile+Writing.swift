public import PulseModel

extension SchemaFile {
    /// The schema as a file that reads as the same schema.
    public static func yaml(of schema: Schema) -> String {
        "models:\n" + schema.models.map(lines).joined()
    }

    private static func lines(of model: Model) -> String {
        var lines = "  - name: \(name(model.name.text))\n"
        switch model.audience {
        case .user: lines += "    scope: user\n"
        case .global: lines += "    scope: global\n"
        case .group(let claim): lines += "    scope: {group: \(name(claim.text))}\n"
        }
        if model.unknownFields != .reject { lines += "    unknown_fields: \(model.unknownFields.rawValue)\n" }
        guard !model.fields.isEmpty else { return lines + "    fields: []\n" }
        return lines + "    fields:\n" + model.fields.map { "      - {\(members(of: $0))}\n" }.joined()
    }

    private static func members(of field: Field) -> String {
        var members = ["name: \(name(field.name))"]
        switch field.kind {
        case .string(let maxLength):
            members += ["type: string", "max_length: \(maxLength)"]
        case .decimal(let maxDigits, let decimalPlaces):
            members += ["type: decimal", "max_digits: \(maxDigits)", "decimal_places: \(decimalPlaces)"]
        case .reference(let target):
            members.append("type: reference")
            if let target { members.append("to: \(name(target.text))") }
        default:
            members.append("type: \(field.kind)")
        }
        if field.isNullable { members.append("nullable: true") }
        if let value = field.defaultValue, value != impliedDefault(of: field), let json = try? JSONValue.parse(value) {
            members.append("default: \(YAMLFlow.text(of: json))")
        }
        if field.isReadOnly { members.append("read_only: true") }
        return members.joined(separator: ", ")
    }

    /// The default of a field for which none is given.
    private static func impliedDefault(of field: Field) -> [UInt8]? {
        (try? Field(field.name, field.kind, isNullable: field.isNullable))?.defaultValue
    }

    /// A name, in quotes where some reader of YAML would take it for something else.
    private static func name(_ text: String) -> String {
        let misread = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        return misread.contains(text.lowercased()) ? "\"\(text)\"" : text
    }
}
