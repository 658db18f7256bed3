/// The entries of a mapping of which it is known what keys it may have.
struct Members {
    private let what: String
    private let node: YAMLNode
    private let entries: [YAMLNode.Entry]
    /// Keys that are there, misspelt: one problem is enough for them.
    private let misspelt: Set<String>

    /// Reports that the node is no mapping, or has keys that it should not.
    init?(of node: YAMLNode, _ what: String, keys: [String], in reader: inout SchemaReader) {
        guard case .mapping(let entries) = node.content else {
            let list = keys.count == 1 ? "the key \(keys[0])" : "keys of \(keys.joined(separator: ", "))"
            reader.report("\(what) must be a mapping with \(list), is \(node.kindName)", at: node.position)
            return nil
        }
        self.what = what
        self.node = node
        self.entries = entries
        var misspelt: Set<String> = []
        for entry in entries where !keys.contains(entry.key) {
            let otherwise = keys.count == 1 ? "the only one is" : "there are"
            let hint = Suggestion.hint(for: entry.key, among: keys, otherwise: otherwise)
            reader.report("\(what) has no key '\(entry.key)'\(hint)", at: entry.position)
            if let meant = Suggestion.closest(to: entry.key, among: keys) { misspelt.insert(meant) }
        }
        self.misspelt = misspelt
    }

    /// The entry of a key, if it is there.
    func find(_ key: String) -> YAMLNode.Entry? {
        entries.first { $0.key == key }
    }

    /// Whether the key is there, be it misspelt.
    func has(_ key: String) -> Bool {
        misspelt.contains(key) || find(key) != nil
    }

    /// The value of a key; reports that it is missing.
    func take(_ key: String, for reason: String = "", in reader: inout SchemaReader) -> YAMLNode? {
        if let entry = find(key) { return entry.value }
        if misspelt.contains(key) { return nil }
        reader.report("\(what) must have the key '\(key)'\(reason)", at: node.position)
        return nil
    }
}
