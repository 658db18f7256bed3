import PulseModel

extension SchemaReader {
    /// A model's `conflicts`.
    mutating func conflicts(of node: YAMLNode) -> ConflictRules? {
        let keys = ["policy", "merge", "deletion", "history"]
        guard let members = Members(of: node, "conflicts", keys: keys, in: &self) else { return nil }
        var rules = ConflictRules()
        if let node = members.find("policy")?.value, let policy = policy(of: node, isModels: true) {
            rules.policy = policy
        }
        if let node = members.find("merge")?.value {
            rules.merge = choice(node, "merge", of: ConflictRules.Merge.self) ?? .record
        }
        if let node = members.find("deletion")?.value {
            rules.deletion = choice(node, "deletion", of: ConflictRules.Deletion.self) ?? .rejectUpdate
        }
        if let node = members.find("history")?.value { rules.history = history(of: node) }
        return rules
    }

    private mutating func history(of node: YAMLNode) -> ConflictRules.History {
        var history = ConflictRules.History()
        guard let members = Members(of: node, "a history", keys: ["versions", "days"], in: &self) else {
            return history
        }
        for (key, path) in [("versions", \ConflictRules.History.versions), ("days", \.days)] {
            guard let node = members.find(key)?.value, let count = count(node, key) else { continue }
            history[keyPath: path] = count
            var alone = ConflictRules.History()
            alone[keyPath: path] = count
            do throws(SchemaError) {
                try ConflictRules(history: alone).check(among: [])
            } catch {
                report(error.message, at: node.position)
            }
        }
        return history
    }

    /// The name of a policy, or `{lastWriter: edited_at}`.
    ///
    /// - Parameter isModels: whether it is for fields of any kind.
    mutating func policy(of node: YAMLNode, isModels: Bool) -> ConflictPolicy? {
        if case .mapping = node.content { return lastWriter(of: node) }
        guard let text = text(node, "a conflict policy") else { return nil }
        let choices = ConflictPolicy.plain.filter { $0 != .function }
        if let policy = choices.first(where: { $0.description == text }) {
            do throws(SchemaError) {
                if isModels { try ConflictRules(policy).check(among: []) }
                return policy
            } catch {
                report(error.message, at: node.position)
                return nil
            }
        }
        switch text {
        case "function":
            report("the conflict policy 'function' can only be said in Swift, with the function", at: node.position)
        case "lastWriter":
            report("the conflict policy 'lastWriter' needs a field: {lastWriter: edited_at}", at: node.position)
        default:
            let names = choices.map(\.description) + ["{lastWriter: FIELD}"]
            let hint = Suggestion.hint(for: text, among: names, otherwise: "there are")
            report("there is no conflict policy '\(text)'\(hint)", at: node.position)
        }
        return nil
    }

    private mutating func lastWriter(of node: YAMLNode) -> ConflictPolicy? {
        guard let members = Members(of: node, "a conflict policy", keys: ["lastWriter"], in: &self),
            let node = members.take("lastWriter", in: &self), let field = text(node, "a field's name")
        else { return nil }
        lastWriters.append((.lastWriter(by: field), node.position))
        return .lastWriter(by: field)
    }

    /// Reports policies that name no field of the model, or one that no writer can be told by.
    mutating func checkLastWriters(among fields: [Field], model: ModelName?) {
        for (policy, position) in lastWriters {
            do throws(SchemaError) {
                try policy.check(among: fields)
            } catch {
                var hint: String?
                if case .lastWriter(let name) = policy, !fields.contains(where: { $0.name == name }) {
                    hint = Suggestion.closest(to: name, among: fields.map(\.name)).map { "; did you mean '\($0)'?" }
                }
                let prefix = model.map { "model '\($0)': " } ?? ""
                report("\(prefix)\(error.message)\(hint ?? "")", at: position)
            }
        }
    }
}
