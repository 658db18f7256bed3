import PulseModel

extension SchemaReader {
    /// The keys of a field that belong to one kind only.
    private static let ownKeys = [
        "max_length": "string", "max_digits": "decimal", "decimal_places": "decimal", "to": "reference",
    ]
    /// The name under which a field without a usable one is judged.
    private static let placeholder = "unnamed"
    static let kindNames = [
        "string", "text", "bool", "int", "double", "decimal", "date", "dateTime", "uuid", "json", "reference",
    ]

    /// - Returns: the field's name with its place, as far as it is known, and the field where nothing is wrong with it.
    mutating func field(
        of node: YAMLNode, model: ModelName?
    ) -> (name: String?, position: YAMLNode.Position?, field: Field?) {
        let before = problems.count
        let keys = [
            "name", "type", "max_length", "max_digits", "decimal_places", "to", "nullable", "default", "read_only",
            "choices", "conflict",
        ]
        guard let members = Members(of: node, "a field", keys: keys, in: &self) else { return (nil, nil, nil) }
        let nameNode = members.take("name", in: &self)
        let name = nameNode.flatMap { fieldName(of: $0) }
        let isNullable = members.find("nullable").flatMap { flag($0.value, "nullable") }
        let isReadOnly = members.find("read_only").flatMap { flag($0.value, "read_only") }
        guard let typeNode = members.take("type", in: &self),
            let kind = kind(named: typeNode, in: members, field: name, model: model)
        else { return (name, nameNode?.position, nil) }
        let defaultNode = members.find("default")?.value
        let value = defaultNode.flatMap { defaultValue(of: $0, kind: kind) }
        // Whether a null fits cannot be told where it is not clear if the field is nullable.
        let assumesNullable = isNullable ?? (members.find("nullable") != nil)
        let choices = members.find("choices").flatMap { self.choices(of: $0.value, kind: kind, field: name) }
        let conflict = members.find("conflict").flatMap {
            self.conflict(of: $0.value, kind: kind, choices: choices ?? [], field: name)
        }
        do throws(SchemaError) {
            let field = try Field(
                name ?? Self.placeholder, kind, isNullable: assumesNullable, default: value,
                isReadOnly: isReadOnly ?? false, choices: choices ?? [], conflict: conflict)
            if problems.count == before { return (name, nameNode?.position, field) }
        } catch {
            report(error, of: name, at: defaultNode?.position ?? node.position)
        }
        return (name, nameNode?.position, nil)
    }

    /// The values that a field may have.
    private mutating func choices(of node: YAMLNode, kind: FieldKind, field: String?) -> [JSONValue]? {
        guard let nodes = list(node, "choices") else { return nil }
        if nodes.isEmpty { report("choices must have at least one value", at: node.position) }
        return nodes.compactMap { node in
            guard let value = defaultValue(of: node, kind: kind) else { return nil }
            do throws(SchemaError) {
                _ = try Field(field ?? Self.placeholder, kind, isNullable: true, choices: [value])
                return value
            } catch {
                report(error, of: field, at: node.position)
                return nil
            }
        }
    }

    private mutating func conflict(
        of node: YAMLNode, kind: FieldKind, choices: [JSONValue], field: String?
    ) -> ConflictPolicy? {
        guard let policy = policy(of: node, isModels: false) else { return nil }
        do throws(SchemaError) {
            return try Field(
                field ?? Self.placeholder, kind, isNullable: true, choices: choices, conflict: policy
            ).conflict
        } catch {
            report(error, of: field, at: node.position)
            return nil
        }
    }

    /// Tells what the field's initialiser found, without the name of a field that has none.
    private mutating func report(_ error: SchemaError, of field: String?, at position: YAMLNode.Position) {
        let prefix = "field '\(Self.placeholder)': "
        let isNameless = field == nil && error.message.hasPrefix(prefix)
        report(isNameless ? String(error.message.dropFirst(prefix.count)) : error.message, at: position)
    }

    private mutating func fieldName(of node: YAMLNode) -> String? {
        guard let name = text(node, "a field's name") else { return nil }
        do throws(SchemaError) {
            return try Field(name, .text).name
        } catch {
            report(error.message, at: node.position)
            return nil
        }
    }

    private mutating func kind(
        named node: YAMLNode, in members: Members, field: String?, model: ModelName?
    ) -> FieldKind? {
        guard let text = text(node, "a field's type") else { return nil }
        guard Self.kindNames.contains(text) else {
            let hint = Suggestion.hint(for: text, among: Self.kindNames, otherwise: "there are")
            report("there is no type '\(text)'\(hint)", at: node.position)
            return nil
        }
        let before = problems.count
        for (key, owner) in Self.ownKeys.sorted(by: { $0.key < $1.key }) where owner != text {
            guard let entry = members.find(key) else { continue }
            report("'\(key)' belongs to the type \(owner), and this is \(text)", at: entry.position)
        }
        let kind: FieldKind
        switch text {
        case "string":
            guard let node = members.take("max_length", for: " for the type string", in: &self),
                let maxLength = count(node, "max_length")
            else { return nil }
            kind = .string(maxLength: maxLength)
        case "decimal":
            let digits = members.take("max_digits", for: " for the type decimal", in: &self)
            let places = members.take("decimal_places", for: " for the type decimal", in: &self)
            let maxDigits = digits.flatMap { count($0, "max_digits") }
            let decimalPlaces = places.flatMap { count($0, "decimal_places") }
            guard let maxDigits, let decimalPlaces else { return nil }
            kind = .decimal(maxDigits: maxDigits, decimalPlaces: decimalPlaces)
        case "reference":
            guard let entry = members.find("to") else { return problems.count == before ? .reference(to: nil) : nil }
            guard let target = target(of: entry.value, field: field, model: model) else { return nil }
            kind = .reference(to: target)
        default:
            guard let plain = FieldKind(text) else { return nil }
            kind = plain
        }
        guard check(kind, field: field, in: members), problems.count == before else { return nil }
        return kind
    }

    /// Reports numbers of a kind that are impossible, where they stand.
    private mutating func check(_ kind: FieldKind, field: String?, in members: Members) -> Bool {
        do throws(SchemaError) {
            _ = try Field(field ?? Self.placeholder, kind, isNullable: true)
            return true
        } catch {
            var key = "max_length"
            if case .decimal(let maxDigits, _) = kind {
                key = (1...38).contains(maxDigits) ? "decimal_places" : "max_digits"
            }
            if let node = members.find(key)?.value { report(error, of: field, at: node.position) }
            return false
        }
    }

    private mutating func target(of node: YAMLNode, field: String?, model: ModelName?) -> ModelName? {
        guard let text = text(node, "to") else { return nil }
        guard let target = ModelName(text) else {
            report("'\(text)' is no name of a model", at: node.position)
            return nil
        }
        let owner = [model.map { "model '\($0)'" }, field.map { "field '\($0)'" }].compactMap { $0 }
        let prefix = owner.isEmpty ? "" : owner.joined(separator: ", ") + ": "
        targets.append(Target(owner: prefix, target: target, position: node.position))
        return target
    }
}
