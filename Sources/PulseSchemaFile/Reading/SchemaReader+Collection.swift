import PulseModel

extension SchemaReader {
    /// - Returns: the collection's name with its place, as far as it is known, and the collection where nothing is wrong
    ///   with it.
    mutating func collection(of node: YAMLNode) -> (name: ModelName?, position: YAMLNode.Position?, model: Model?) {
        let before = problems.count
        let keys = ["name", "scope", "deletion", "full_resync", "retention", "access"]
        guard let members = Members(of: node, "a collection", keys: keys, in: &self) else { return (nil, nil, nil) }
        let nameNode = members.take("name", in: &self)
        let name = nameNode.flatMap { modelName(of: $0, "collection") }
        let audience = members.take("scope", in: &self).flatMap { self.audience(of: $0) }
        let deletion = members.find("deletion").flatMap {
            choice($0.value, "deletion", of: ConflictRules.Deletion.DocumentName.self)
        }
        let access = members.find("access").flatMap { self.access(of: $0.value) }
        let synchronization = self.synchronization(of: members, implied: .documents)
        guard problems.count == before, let name, let audience else { return (name, nameNode?.position, nil) }
        do throws(SchemaError) {
            let model = try Model(
                collection: name, audience: audience, deletion: deletion?.deletion ?? .resurrect,
                access: access ?? AccessRules(), synchronization: synchronization)
            return (name, nameNode?.position, model)
        } catch {
            report(error.message, at: node.position)
            return (name, nameNode?.position, nil)
        }
    }

    /// `full_resync` and `retention` of a model or collection.
    mutating func synchronization(of members: Members, implied: SynchronizationRules) -> SynchronizationRules {
        var rules = implied
        if let node = members.find("full_resync")?.value {
            rules.allowsFullResync = flag(node, "full_resync") ?? true
        }
        if let node = members.find("retention")?.value { rules.retentionDays = retention(of: node) }
        return rules
    }

    /// A number of days, or `forever`: nil.
    private mutating func retention(of node: YAMLNode) -> Int? {
        if node.text == "forever" { return nil }
        guard case .scalar(let text, isQuoted: false) = node.content,
            case .integer(.int(let number)) = PlainScalar(text), let days = Int(exactly: number)
        else {
            report(
                "retention must be a number of days or 'forever', is \(node.text.map { "'\($0)'" } ?? node.kindName)",
                at: node.position)
            return nil
        }
        do throws(SchemaError) {
            try SynchronizationRules(retentionDays: days).check()
            return days
        } catch {
            report(error.message, at: node.position)
            return nil
        }
    }
}

extension ConflictRules.Deletion {
    /// As the `deletion` of a collection has it: in the words of the HTTP API.
    enum DocumentName: String, CaseIterable {
        case resurrect
        case rejectUpdate = "reject_update"
        case deleteWins = "delete_wins"

        init(_ deletion: ConflictRules.Deletion) {
            self =
                switch deletion {
                case .resurrect: .resurrect
                case .rejectUpdate: .rejectUpdate
                case .deleteWins: .deleteWins
                }
        }

        var deletion: ConflictRules.Deletion {
            switch self {
            case .resurrect: .resurrect
            case .rejectUpdate: .rejectUpdate
            case .deleteWins: .deleteWins
            }
        }
    }
}
