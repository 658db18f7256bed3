/// A value in a YAML file, and where it stands.
package struct YAMLNode: Sendable {
    /// Line and column, both from 1; columns count Unicode scalars.
    package struct Position: Sendable, Hashable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// A key of a mapping with its value.
    package struct Entry: Sendable {
        package let key: String
        package let position: Position
        package let value: YAMLNode
    }

    package enum Content: Sendable {
        /// Text without its quotes. What stood in quotes, or under `!!str`, is text whatever it looks like.
        case scalar(String, isQuoted: Bool)
        case sequence([YAMLNode])
        /// In the order of the file; no key stands twice.
        case mapping([Entry])
    }

    package let content: Content
    package let position: Position

    /// The text of a scalar.
    package var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// What the value is called in a sentence.
    package var kindName: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let text, let isQuoted): isQuoted ? "a string" : PlainScalar(text).kindName
        }
    }
}
