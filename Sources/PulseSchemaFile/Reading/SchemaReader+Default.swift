import PulseModel

extension SchemaReader {
    private static let maximumDepth = JSONLimits().maximumDepth

    /// What a default says, as JSON. Whether it fits the kind is for the field to judge.
    ///
    /// - Returns: nil where JSON has nothing like it, which is reported.
    mutating func defaultValue(of node: YAMLNode, kind: FieldKind) -> JSONValue? {
        if case .scalar(let text, let isQuoted) = node.content {
            switch kind {
            case .decimal, .date, .dateTime, .uuid:
                // Digits, point and all are the value: what YAML would make of them, with or without quotes, is not.
                if !isQuoted, case .null = PlainScalar(text) { return .null }
                return .string(text)
            default: break
            }
        }
        return json(of: node, depth: 0)
    }

    private mutating func json(of node: YAMLNode, depth: Int) -> JSONValue? {
        switch node.content {
        case .scalar(let text, isQuoted: true):
            return .string(text)
        case .scalar(let text, isQuoted: false):
            switch PlainScalar(text) {
            case .null: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let value), .number(let value): return value
            case .text(let text): return .string(text)
            case .exotic:
                report(
                    "'\(text)' is no JSON; write the number in decimal digits, or a text in quotes", at: node.position)
                return nil
            }
        case .sequence, .mapping:
            guard depth < Self.maximumDepth else {
                report("the default nests deeper than \(Self.maximumDepth) levels", at: node.position)
                return nil
            }
        }
        switch node.content {
        case .sequence(let nodes):
            var elements: [JSONValue] = []
            for node in nodes {
                guard let element = json(of: node, depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        case .mapping(let entries):
            var members: [JSONObject.Member] = []
            for entry in entries {
                guard let value = json(of: entry.value, depth: depth + 1) else { return nil }
                members.append(.init(key: entry.key, value: value))
            }
            return .object(JSONObject(members))
        case .scalar:
            return nil
        }
    }
}
