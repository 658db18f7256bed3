import Testing

/// A schema file with one or more mistakes, and the lines that tell of them, from their beginning.
struct BadFile: Sendable, CustomTestStringConvertible {
    let title: String
    let yaml: String
    let problems: [String]

    init(_ title: String, _ yaml: String, _ problems: String...) {
        self.title = title
        self.yaml = yaml
        self.problems = problems
    }

    /// A file of one model with one field, which stands on line 5 from column 9.
    static func field(_ title: String, _ field: String, _ problems: String...) -> BadFile {
        BadFile(title, yaml: head + "      - \(field)\n", problems: problems)
    }

    /// A file of one model with one line of `conflicts`, which stands on line 5 from column 7, and one field.
    static func conflicts(_ title: String, _ line: String, _ problems: String...) -> BadFile {
        let yaml = "models:\n  - name: task\n    scope: user\n    conflicts:\n      \(line)\n"
        return BadFile(title, yaml: yaml + "    fields: [{name: edited, type: dateTime}]\n", problems: problems)
    }

    init(_ title: String, yaml: String, problems: [String]) {
        self.title = title
        self.yaml = yaml
        self.problems = problems
    }

    static let head = "models:\n  - name: task\n    scope: user\n    fields:\n"

    var testDescription: String { title }
}
