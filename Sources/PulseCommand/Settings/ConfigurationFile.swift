import Configuration
import PulseSchemaFile

/// A YAML file with settings, of which it is known that it has no other keys and that its values are texts.
struct ConfigurationFile {
    let path: String
    let provider: any ConfigProvider
    /// Where the values of the settings that it has stand.
    let positions: [SettingKey: YAMLNode.Position]
    /// The settings that are lists in it.
    let lists: Set<SettingKey>
    /// What is wrong with keys and values; those are left out.
    let problems: [String]

    private static let maximumByteCount = 1 << 20

    /// - Throws: ``SettingsError`` when the file cannot be read or is no YAML.
    init(path: String) async throws(SettingsError) {
        self.path = path
        var scan = Scan(path: path)
        do throws(SchemaFileError) {
            let document = try YAMLDocument(path: path, maximumByteCount: Self.maximumByteCount)
            scan.problems = SchemaFileError(name: path, problems: document.problems).lines
            if let root = document.root { scan.read(root) }
        } catch {
            throw SettingsError(problems: error.lines)
        }
        positions = scan.positions
        lists = scan.lists
        problems = scan.problems
        guard !scan.positions.isEmpty, scan.problems.isEmpty else {
            provider = InMemoryProvider(values: [:])
            return
        }
        do {
            provider = try await FileProvider<YAMLSnapshot>(filePath: .init(path))
        } catch {
            throw SettingsError(problems: ["\(path): cannot be read: \(error)"])
        }
    }

    private struct Scan {
        let path: String
        var positions: [SettingKey: YAMLNode.Position] = [:]
        var lists: Set<SettingKey> = []
        var problems: [String] = []

        mutating func read(_ root: YAMLNode) {
            guard case .mapping(let entries) = root.content else {
                report("settings are written as 'port: 8080', one a line; this is \(root.kindName)", at: root.position)
                return
            }
            let names = Setting.allCases.map(\.name) + [SettingKey.limitsName]
            for entry in entries {
                if entry.key == SettingKey.limitsName {
                    readLimits(entry.value)
                } else if let setting = Setting(rawValue: entry.key) {
                    read(entry.value, of: .setting(setting))
                } else {
                    let hint = Suggestion.hint(for: entry.key, among: names, otherwise: "there are")
                    report("there is no setting '\(entry.key)'\(hint)", at: entry.position)
                }
            }
        }

        private mutating func readLimits(_ node: YAMLNode) {
            guard case .mapping(let entries) = node.content else {
                if node.kindName == "null" { return }
                report("limits are written as 'depth: 32', one a line; this is \(node.kindName)", at: node.position)
                return
            }
            for entry in entries {
                if let limit = Limit(rawValue: entry.key) {
                    read(entry.value, of: .limit(limit))
                } else {
                    let hint = Suggestion.hint(
                        for: entry.key, among: Limit.allCases.map(\.name), otherwise: "there are")
                    report("there is no limit '\(entry.key)'\(hint)", at: entry.position)
                }
            }
        }

        private mutating func read(_ value: YAMLNode, of key: SettingKey) {
            let name = key.path.joined(separator: ".")
            switch value.content {
            case .scalar:
                // A key without a value counts as none.
                if value.kindName != "null" { positions[key] = value.position }
            case .sequence(let elements) where key.isList:
                for element in elements where element.text == nil {
                    report("\(name): each of its values is a text, this is \(element.kindName)", at: element.position)
                }
                positions[key] = value.position
                lists.insert(key)
            case .sequence, .mapping:
                report("\(name): must be a single value, is \(value.kindName)", at: value.position)
            }
        }

        private mutating func report(_ message: String, at position: YAMLNode.Position) {
            problems.append("\(path):\(position.line):\(position.column): \(message)")
        }
    }
}
