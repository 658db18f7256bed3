extension BadFile {
    static let access: [BadFile] = [
        .access("a rule for everything", "everyone", "4:13: access must be a mapping with keys of read, write"),
        .access("a misspelt key", "{raed: nobody}", "4:14: access has no key 'raed'; did you mean 'read'?"),
        .access("a rule that is no rule", "{read: some}", "4:20: read cannot be 'some'; there are everyone, nobody"),
        .access("a rule that is a number", "{read: 7}", "4:20: read must be a string, is a number"),
        .access("a list of nobody", "{write: []}", "4:21: write must name somebody; 'nobody' says that nobody may"),
        .access("no conditions", "{write: {}}", "4:21: write: who may is written as {role: admin}, this is a mapping"),
        .access("a list of texts", "{write: [admin]}", "4:22: write: who may is written as {role: admin}"),
        .access(
            "a condition that is no single value", "{write: {role: [a], n: 1.5, x: ~}}",
            "4:28: write: 'role' must be a text, a whole number, true or false, is a list",
            "4:36: write: 'n' must be a text, a whole number, true or false, is a number",
            "4:44: write: 'x' must be a text, a whole number, true or false, is null"),
        .access("an empty user", "{write: {user: ''}}", "4:28: a user id has 1 to 255 bytes"),
    ]

    /// A file of one model whose `access` stands on line 4 from column 13.
    private static func access(_ title: String, _ access: String, _ problems: String...) -> BadFile {
        BadFile(
            title, yaml: "models:\n  - name: task\n    scope: user\n    access: \(access)\n    fields: []\n",
            problems: problems)
    }
}
