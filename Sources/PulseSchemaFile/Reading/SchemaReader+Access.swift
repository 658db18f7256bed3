import PulseModel

extension SchemaReader {
    /// A model's `access`.
    mutating func access(of node: YAMLNode) -> AccessRules? {
        guard let members = Members(of: node, "access", keys: ["read", "write"], in: &self) else { return nil }
        let read = members.find("read").flatMap { accessRule(of: $0.value, "read") }
        let write = members.find("write").flatMap { accessRule(of: $0.value, "write") }
        return AccessRules(read: read ?? .everyone, write: write ?? .everyone)
    }

    /// `everyone`, `nobody`, `{role: admin}`, or a list of such mappings.
    private mutating func accessRule(of node: YAMLNode, _ what: String) -> AccessRule? {
        switch node.content {
        case .mapping:
            return conditions(of: node, what).map { AccessRule([$0]) }
        case .sequence(let nodes):
            guard !nodes.isEmpty else {
                report("\(what) must name somebody; 'nobody' says that nobody may", at: node.position)
                return nil
            }
            let alternatives = nodes.map { conditions(of: $0, what) }
            return alternatives.contains { $0 == nil } ? nil : AccessRule(alternatives.compactMap(\.self))
        case .scalar:
            switch text(node, what) {
            case "everyone": return .everyone
            case "nobody": return .nobody
            case let text?:
                report("\(what) cannot be '\(text)'; there are everyone, nobody and {CLAIM: VALUE}", at: node.position)
                return nil
            case nil: return nil
            }
        }
    }

    /// What all must hold: `{role: admin, team: 7}`.
    private mutating func conditions(of node: YAMLNode, _ what: String) -> [AccessRule.Condition]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            report("\(what): who may is written as {role: admin}, this is \(node.kindName)", at: node.position)
            return nil
        }
        let conditions = entries.map { entry -> AccessRule.Condition? in
            if let text = comparedText(of: entry.value) { return condition(entry, text) }
            report(
                "\(what): '\(entry.key)' must be a text, a whole number, true or false, is \(entry.value.kindName)",
                at: entry.value.position)
            return nil
        }
        return conditions.contains { $0 == nil } ? nil : conditions.compactMap(\.self)
    }

    /// What claims are compared with.
    private func comparedText(of node: YAMLNode) -> String? {
        guard case .scalar(let text, let isQuoted) = node.content else { return nil }
        if isQuoted { return text }
        return switch PlainScalar(text) {
        case .text(let text): text
        case .integer(.int(let number)): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .null, .integer, .number, .exotic: nil
        }
    }

    private mutating func condition(_ entry: YAMLNode.Entry, _ value: String) -> AccessRule.Condition? {
        let fault: String
        switch entry.key {
        case "user":
            if let user = UserID(value) { return .user(user) }
            fault = "a user id has 1 to \(UserID.maximumByteCount) bytes, none of them a control character"
        default:
            if !entry.key.isEmpty { return .claim(entry.key, value) }
            fault = "a claim has a name"
        }
        report(fault, at: entry.value.position)
        return nil
    }
}
