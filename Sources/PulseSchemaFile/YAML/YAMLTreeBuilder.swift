import Yams

/// Brings Yams' tree into ours, and notes what has no place in it.
struct YAMLTreeBuilder {
    static let anchorMessage = "anchors and aliases ('&name', '*name') are not allowed; a text like this needs quotes"

    /// The true names of keys, by their position.
    let renamed: [YAMLNode.Position: String]
    private(set) var problems: [SchemaFileError.Problem] = []

    init(renamed: [YAMLNode.Position: String]) {
        self.renamed = renamed
    }

    /// What is reported is read all the same, as if it were not there.
    mutating func tree(of node: Node) -> YAMLNode {
        let position = YAMLNode.Position(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        if node.anchor != nil { report(Self.anchorMessage, at: position) }
        switch node {
        case .scalar(let scalar):
            let tag = check(scalar.tag, expected: "tag:yaml.org,2002:str", at: position)
            return YAMLNode(
                content: .scalar(scalar.string, isQuoted: scalar.style != .plain || !tag.isEmpty), position: position)
        case .sequence(let sequence):
            check(sequence.tag, expected: "tag:yaml.org,2002:seq", at: position)
            return YAMLNode(content: .sequence(sequence.map { tree(of: $0) }), position: position)
        case .mapping(let mapping):
            check(mapping.tag, expected: "tag:yaml.org,2002:map", at: position)
            return YAMLNode(content: .mapping(entries(of: mapping)), position: position)
        case .alias:
            return YAMLNode(content: .sequence([]), position: position)
        }
    }

    private mutating func entries(of mapping: Node.Mapping) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var seen: Set<[UInt8]> = []
        for (keyNode, valueNode) in mapping {
            let keyTree = tree(of: keyNode)
            let value = tree(of: valueNode)
            let position = keyTree.position
            guard let text = keyTree.text else {
                report("a key must be a text", at: position)
                continue
            }
            let key = renamed[position] ?? text
            if seen.insert(Array(key.utf8)).inserted {
                entries.append(.init(key: key, position: position, value: value))
            } else {
                report("the key '\(key)' stands here for the second time", at: position)
            }
        }
        return entries
    }

    @discardableResult
    private mutating func check(_ tag: Tag, expected: String, at position: YAMLNode.Position) -> String {
        let name = tag.rawValue
        if !name.isEmpty, name != expected { report("tags are not allowed, here '\(name)'", at: position) }
        return name
    }

    private mutating func report(_ message: String, at position: YAMLNode.Position) {
        problems.append(.init(line: position.line, column: position.column, message: message))
    }
}
