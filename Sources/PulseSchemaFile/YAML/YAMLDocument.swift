import Yams

/// A YAML file as a tree whose nodes know where they stand, free of what makes YAML surprising: anchors, aliases, tags,
/// keys that are no text, and repeated keys.
package struct YAMLDocument {
    /// Nil where the file has nothing but comments.
    package let root: YAMLNode?
    /// What was left out of the tree: repeated keys, tags and the like.
    package let problems: [SchemaFileError.Problem]

    /// So many aliases cannot stand for more than some twenty times the file.
    private static let harmlessAliasCount = 8
    /// So many repeated keys are told of one by one.
    private static let repetitionLimit = 50

    /// - Throws: ``SchemaFileError`` when there is no such tree, with the first reason.
    package init(bytes: [UInt8], name: String, maximumByteCount: Int) throws(SchemaFileError) {
        do {
            try self.init(bytes, maximumByteCount)
        } catch {
            let position = error.position
            throw SchemaFileError(
                name: name,
                problems: [.init(line: position.line, column: position.column, message: error.message)])
        }
    }

    /// - Throws: ``SchemaFileError`` when the file cannot be read, or as for bytes.
    package init(path: String, maximumByteCount: Int) throws(SchemaFileError) {
        let bytes = try FileBytes.read(path: path, atMost: maximumByteCount + 1)
        try self.init(bytes: bytes, name: path, maximumByteCount: maximumByteCount)
    }

    private init(_ bytes: [UInt8], _ maximumByteCount: Int) throws(YAMLFault) {
        guard bytes.count <= maximumByteCount else {
            throw YAMLFault(.init(line: 0, column: 0), "is larger than \(maximumByteCount) bytes")
        }
        var text = try YAMLText(bytes)
        if let position = text.firstOfManyAliases(beyond: Self.harmlessAliasCount) {
            throw YAMLFault(position, YAMLTreeBuilder.anchorMessage)
        }
        // Yams refuses a file with a repeated key without telling where it is repeated. So the first of such keys is
        // renamed, in place, until none repeats; the builder gives it its name back, and then sees the others.
        var renamed: [YAMLNode.Position: String] = [:]
        while true {
            do {
                let parser = try Parser(yaml: text.string, resolver: .basic, encoding: .utf8)
                let node = try parser.singleRoot()
                var builder = YAMLTreeBuilder(renamed: renamed)
                // Anchors live as long as the parser does.
                root = withExtendedLifetime(parser) { node.map { builder.tree(of: $0) } }
                problems = builder.problems
                return
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let position = YAMLNode.Position(line: context.mark.line, column: context.mark.column)
                guard let key = keys.first, renamed.count < Self.repetitionLimit,
                    text.rename(keyAt: position, toNumber: renamed.count)
                else { throw YAMLFault(position, "the key '\(keys.first ?? "")' stands here more than once") }
                renamed[position] = key
            } catch {
                throw YAMLFault(error)
            }
        }
    }
}

extension YAMLText {
    /// Puts a character that nobody uses in the place of a key's first.
    fileprivate mutating func rename(keyAt position: YAMLNode.Position, toNumber number: Int) -> Bool {
        guard var index = index(of: position), let first = scalars.indices.contains(index) ? scalars[index] : nil else {
            return false
        }
        if first == "\"" || first == "'" { index += 1 }
        guard index < scalars.count, scalars[index].properties.isAlphabetic || scalars[index] == "_",
            let scalar = Unicode.Scalar(0xe000 + UInt32(number))
        else { return false }
        replace(at: index, with: scalar)
        return true
    }
}

extension YAMLFault {
    fileprivate init(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let message = [context?.text, problem].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
            self.init(.init(line: mark.line, column: mark.column), message)
        case .reader(let problem, _, _, _):
            self.init(.init(line: 1, column: 1), problem)
        default:
            self.init(.init(line: 1, column: 1), "is no YAML: \(error)")
        }
    }
}
