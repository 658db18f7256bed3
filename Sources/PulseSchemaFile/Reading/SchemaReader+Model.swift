import PulseModel

extension SchemaReader {
    /// - Returns: the model's name with its place, as far as it is known, and the model where nothing is wrong with it.
    mutating func model(of node: YAMLNode) -> (name: ModelName?, position: YAMLNode.Position?, model: Model?) {
        let before = problems.count
        let keys = [
            "name", "scope", "unknown_fields", "conflicts", "access", "full_resync", "retention", "fields",
        ]
        guard let members = Members(of: node, "a model", keys: keys, in: &self) else { return (nil, nil, nil) }
        let nameNode = members.take("name", in: &self)
        let name = nameNode.flatMap { modelName(of: $0, "model") }
        let scopeNode = members.take("scope", in: &self)
        let audience = scopeNode.flatMap { self.audience(of: $0) }
        let unknownFields = members.find("unknown_fields").flatMap {
            choice($0.value, "unknown_fields", of: Model.UnknownFields.self)
        }
        lastWriters = []
        let conflicts = members.find("conflicts").flatMap { self.conflicts(of: $0.value) }
        let access = members.find("access").flatMap { self.access(of: $0.value) }
        let synchronization = self.synchronization(of: members, implied: SynchronizationRules())
        var fields: [Field] = []
        if let list = members.take("fields", in: &self), let nodes = self.list(list, "fields") {
            fields = self.fields(of: nodes, model: name)
        }
        // A field that is there with a mistake is not told to be missing.
        if problems.count == before { checkLastWriters(among: fields, model: name) }
        // A claim that may not be a field's name is told of even when other things are wrong.
        if let name, let audience, let scopeNode {
            do throws(SchemaError) {
                guard problems.count == before else {
                    _ = try Model(name, audience: audience, fields: fields.compactMap { try? Field($0.name, .text) })
                    return (name, nameNode?.position, nil)
                }
                let model = try Model(
                    name, audience: audience, fields: fields, unknownFields: unknownFields ?? .reject,
                    conflicts: conflicts ?? .reject, access: access ?? AccessRules(), synchronization: synchronization)
                return (name, nameNode?.position, model)
            } catch {
                report(error.message, at: claimPosition(in: scopeNode))
            }
        }
        return (name, nameNode?.position, nil)
    }

    /// - Parameter what: `model` or `collection`.
    mutating func modelName(of node: YAMLNode, _ what: String) -> ModelName? {
        guard let text = text(node, "a \(what)'s name") else { return nil }
        if let name = ModelName(text) {
            if name.isReserved { report(SchemaError.reserved(name, what).message, at: node.position) }
            return name
        }
        report(
            "\(what) '\(text)': a name has lower-case ASCII letters, digits and underscores, begins with no digit, "
                + "and has at most 63 of them", at: node.position)
        return nil
    }

    mutating func audience(of node: YAMLNode) -> Model.Audience? {
        if case .mapping = node.content { return group(of: node) }
        guard let text = text(node, "a scope") else { return nil }
        switch text {
        case "user": return .user
        case "global": return .global
        case "group":
            report("the scope 'group' needs a claim: {group: team}", at: node.position)
        default:
            let hint = Suggestion.closest(to: text, among: ["user", "global"]).map { "; did you mean '\($0)'?" }
            report(
                "there is no scope '\(text)'\(hint ?? "; there are user, global and {group: CLAIM}")", at: node.position
            )
        }
        return nil
    }

    /// `{group: team}` or `{group: {claim: team}}`.
    private mutating func group(of node: YAMLNode) -> Model.Audience? {
        guard let members = Members(of: node, "a scope", keys: ["group"], in: &self),
            let outer = members.take("group", in: &self)
        else { return nil }
        var claimNode = outer
        if case .mapping = claimNode.content {
            guard let members = Members(of: claimNode, "a group", keys: ["claim"], in: &self),
                let inner = members.take("claim", in: &self)
            else { return nil }
            claimNode = inner
        }
        guard let text = text(claimNode, "a claim") else { return nil }
        if let claim = ClaimName(text) { return .group(by: claim) }
        report(
            "claim '\(text)': a name has ASCII letters, digits and underscores, begins with no digit, "
                + "and has at most 63 of them", at: claimNode.position)
        return nil
    }

    private func claimPosition(in scope: YAMLNode) -> YAMLNode.Position {
        var node = scope
        while case .mapping(let entries) = node.content, let entry = entries.first { node = entry.value }
        return node.position
    }

    private mutating func fields(of nodes: [YAMLNode], model: ModelName?) -> [Field] {
        var fields: [Field] = []
        var names: Set<String> = []
        for node in nodes {
            let read = field(of: node, model: model)
            if let name = read.name, let position = read.position, !names.insert(name).inserted {
                let prefix = model.map { "model '\($0)': " } ?? ""
                report("\(prefix)two fields are called '\(name)'", at: position)
            } else if let field = read.field {
                fields.append(field)
            }
        }
        return fields
    }
}
