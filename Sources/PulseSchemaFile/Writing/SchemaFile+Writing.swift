public import PulseModel

extension SchemaFile {
    /// The schema as a file that reads as the same schema, except where the application's functions decide conflicts:
    /// there it has a comment, and read again calls them conflicts.
    public static func yaml(of schema: Schema) -> String {
        let models = schema.models.filter { !$0.isSchemaless }
        let collections = schema.models.filter(\.isSchemaless)
        return (models.isEmpty ? "" : "models:\n" + models.map(lines).joined())
            + (collections.isEmpty ? "" : "collections:\n" + collections.map(linesOfCollection).joined())
    }

    private static func linesOfCollection(_ collection: Model) -> String {
        var lines = head(of: collection)
        if collection.conflicts.deletion != .resurrect {
            let deletion = ConflictRules.Deletion.DocumentName(collection.conflicts.deletion)
            lines += "    deletion: \(deletion.rawValue)\n"
        }
        return lines + self.lines(of: collection.synchronization, implied: .documents)
            + self.lines(of: collection.access)
    }

    /// Name and scope.
    private static func head(of model: Model) -> String {
        let scope =
            switch model.audience {
            case .user: "user"
            case .global: "global"
            case .group(let claim): "{group: \(name(claim.text))}"
            }
        return "  - name: \(name(model.name.text))\n    scope: \(scope)\n"
    }

    private static func lines(of rules: SynchronizationRules, implied: SynchronizationRules) -> String {
        var lines = ""
        if rules.allowsFullResync != implied.allowsFullResync {
            lines += "    full_resync: \(rules.allowsFullResync)\n"
        }
        if rules.retentionDays != implied.retentionDays {
            lines += "    retention: \(rules.retentionDays.map(String.init) ?? "forever")\n"
        }
        return lines
    }

    private static func lines(of model: Model) -> String {
        var lines = head(of: model)
        if model.unknownFields != .reject { lines += "    unknown_fields: \(model.unknownFields.rawValue)\n" }
        if model.conflicts.policy == .function { lines += "    \(functionComment)\n" }
        let conflicts = members(of: model.conflicts)
        if !conflicts.isEmpty {
            lines += "    conflicts:\n" + conflicts.map { "      \($0)\n" }.joined()
        }
        lines += self.lines(of: model.synchronization, implied: SynchronizationRules())
        lines += self.lines(of: model.access)
        guard !model.fields.isEmpty else { return lines + "    fields: []\n" }
        return lines + "    fields:\n" + model.fields.map(line).joined()
    }

    private static let functionComment = "# The policy for conflicts is a function, which only Swift can say."

    private static func members(of rules: ConflictRules) -> [String] {
        let implied = ConflictRules()
        var members: [String] = []
        if rules.policy != implied.policy, rules.policy != .function {
            members.append("policy: \(text(of: rules.policy))")
        }
        if rules.merge != implied.merge { members.append("merge: \(rules.merge.rawValue)") }
        if rules.deletion != implied.deletion { members.append("deletion: \(rules.deletion.rawValue)") }
        var history: [String] = []
        if rules.history.versions != implied.history.versions { history.append("versions: \(rules.history.versions)") }
        if rules.history.days != implied.history.days { history.append("days: \(rules.history.days)") }
        if !history.isEmpty { members.append("history: {\(history.joined(separator: ", "))}") }
        return members
    }

    private static func lines(of access: AccessRules) -> String {
        let rules = [("read", access.read), ("write", access.write)].filter { $0.1 != .everyone }
        return rules.isEmpty
            ? "" : "    access:\n" + rules.map { "      \($0.0): \(text(of: $0.1))\n" }.joined()
    }

    private static func text(of rule: AccessRule) -> String {
        if rule == .everyone { return "everyone" }
        if rule == .nobody { return "nobody" }
        let alternatives = rule.alternatives.map { conditions in
            JSONValue.object(
                JSONObject(
                    conditions.map { condition in
                        switch condition {
                        case .user(let user): .init(key: "user", value: .string(user.text))
                        case .claim(let name, let value): .init(key: name, value: .string(value))
                        }
                    }))
        }
        return YAMLFlow.text(of: .array(alternatives))
    }

    private static func text(of policy: ConflictPolicy) -> String {
        if case .lastWriter(let field) = policy { "{lastWriter: \(name(field))}" } else { "\(policy)" }
    }

    private static func line(of field: Field) -> String {
        "      - {\(members(of: field))}\(field.conflict == .function ? "  \(functionComment)" : "")\n"
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
        if !field.choices.isEmpty { members.append("choices: \(YAMLFlow.text(of: .array(choices(of: field))))") }
        if let policy = field.conflict, policy != .function { members.append("conflict: \(text(of: policy))") }
        return members.joined(separator: ", ")
    }

    /// The default of a field for which none is given.
    private static func impliedDefault(of field: Field) -> [UInt8]? {
        (try? Field(field.name, field.kind, isNullable: field.isNullable, choices: choices(of: field)))?.defaultValue
    }

    private static func choices(of field: Field) -> [JSONValue] {
        field.choices.compactMap { try? JSONValue.parse($0) }
    }

    /// A name, in quotes where some reader of YAML would take it for something else.
    private static func name(_ text: String) -> String {
        let misread = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        return misread.contains(text.lowercased()) ? "\"\(text)\"" : text
    }
}
