import PulseModel

/// Turns a tree into a schema, going on after a mistake as far as sense can be made of the rest.
struct SchemaReader {
    var problems: [SchemaFileError.Problem]

    /// A reference whose model has to exist.
    struct Target {
        /// `model 'item', field 'owner': `, as far as it is known.
        let owner: String
        let target: ModelName
        let position: YAMLNode.Position
    }

    var targets: [Target] = []
    /// The policies of the model that is being read that name one of its fields, and where they name it.
    var lastWriters: [(policy: ConflictPolicy, position: YAMLNode.Position)] = []

    init(problems: [SchemaFileError.Problem]) {
        self.problems = problems
    }

    mutating func report(_ message: String, at position: YAMLNode.Position) {
        problems.append(.init(line: position.line, column: position.column, message: message))
    }

    /// - Returns: nil where there is a problem.
    mutating func schema(of root: YAMLNode?) -> Schema? {
        guard let root else {
            // A tree that was refused as a whole has its problem already.
            if problems.isEmpty { report("the file is empty; it has to have 'models'", at: .init(line: 1, column: 1)) }
            return nil
        }
        guard let members = Members(of: root, "a schema", keys: ["models", "collections"], in: &self) else {
            return nil
        }
        let hasCollections = members.has("collections")
        let modelList = hasCollections ? members.find("models")?.value : members.take("models", in: &self)
        let collectionList = members.find("collections")?.value
        var models: [Model] = []
        var names: Set<ModelName> = []
        for node in modelList.flatMap({ list($0, "models") }) ?? [] {
            let (name, namePosition, model) = self.model(of: node)
            if let name, let namePosition, !names.insert(name).inserted {
                report("two models are called '\(name)'", at: namePosition)
            }
            if let model { models.append(model) }
        }
        checkTargets(among: names)
        for node in collectionList.flatMap({ list($0, "collections") }) ?? [] {
            let (name, namePosition, collection) = self.collection(of: node)
            if let name, let namePosition, !names.insert(name).inserted {
                report("another model or collection is called '\(name)'", at: namePosition)
            }
            if let collection { models.append(collection) }
        }
        guard problems.isEmpty else { return nil }
        do throws(SchemaError) {
            return try Schema(models)
        } catch {
            report(error.message, at: (modelList ?? collectionList ?? root).position)
            return nil
        }
    }

    private mutating func checkTargets(among names: Set<ModelName>) {
        for target in targets where !names.contains(target.target) {
            let hint = Suggestion.closest(to: target.target.text, among: names.map(\.text).sorted())
            let question = hint.map { "; did you mean '\($0)'?" } ?? ""
            report("\(target.owner)there is no model '\(target.target)'\(question)", at: target.position)
        }
    }

    // MARK: Values of one type

    mutating func list(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        if case .sequence(let nodes) = node.content { return nodes }
        report("\(what) must be a list, is \(node.kindName)", at: node.position)
        return nil
    }

    mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        if case .scalar(let text, let isQuoted) = node.content {
            if isQuoted { return text }
            if case .text = PlainScalar(text) { return text }
        }
        let isScalar = node.text?.isEmpty == false
        report(
            "\(what) must be a string, is \(node.kindName)\(isScalar ? "; put it in quotes if it is meant" : "")",
            at: node.position)
        return nil
    }

    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ node: YAMLNode, _ what: String, of type: Choice.Type
    ) -> Choice? {
        guard let text = text(node, what) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let hint = Suggestion.hint(for: text, among: Choice.allCases.map(\.rawValue), otherwise: "there are")
        report("\(what) cannot be '\(text)'\(hint)", at: node.position)
        return nil
    }

    mutating func flag(_ node: YAMLNode, _ what: String) -> Bool? {
        if case .scalar(let text, isQuoted: false) = node.content, case .bool(let flag) = PlainScalar(text) {
            return flag
        }
        report("\(what) must be true or false, is \(node.text.map { "'\($0)'" } ?? node.kindName)", at: node.position)
        return nil
    }

    mutating func count(_ node: YAMLNode, _ what: String) -> Int? {
        if case .scalar(let text, isQuoted: false) = node.content,
            case .integer(.int(let number)) = PlainScalar(text), let count = Int(exactly: number)
        {
            return count
        }
        report("\(what) must be an integer, is \(node.text.map { "'\($0)'" } ?? node.kindName)", at: node.position)
        return nil
    }
}
