import Configuration
import PulseSchemaFile

/// A YAML file with settings, of which it is known that it has no other keys and that its values are texts.
struct ConfigurationFile {
    let path: String
    let provider: any ConfigProvider
    /// Where the values of the settings that it has stand.
    let positions: [Setting: YAMLNode.Position]
    /// The settings that are lists in it.
    let lists: Set<Setting>
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
        var positions: [Setting: YAMLNode.Position] = [:]
        var lists: Set<Setting> = []
        var problems: [String] = []

        mutating func read(_ root: YAMLNode) {
            guard case .mapping(let entries) = root.content else {
                report("settings are written as 'port: 8080', one a line; this is \(root.kindName)", at: root.position)
                return
            }
            let names = Setting.allCases.map(\.name)
            for entry in entries {
                guard let setting = Setting(rawValue: entry.key) else {
                    let hint = Suggestion.hint(for: entry.key, among: names, otherwise: "there are")
                    report("there is no setting '\(entry.key)'\(hint)", at: entry.position)
                    continue
                }
                read(entry.value, of: setting)
            }
        }

        private mutating func read(_ value: YAMLNode, of setting: Setting) {
            switch value.content {
            case .scalar:
                // A key without a value counts as none.
                if value.kindName != "null" { positions[setting] = value.position }
            case .sequence(let elements) where setting == .allowedOrigins:
                for element in elements where element.text == nil {
                    report("\(setting.name): an origin is a text, this is \(element.kindName)", at: element.position)
                }
                positions[setting] = value.position
                lists.insert(setting)
            case .sequence, .mapping:
                report("\(setting.name): must be a single value, is \(value.kindName)", at: value.position)
            }
        }

        private mutating func report(_ message: String, at position: YAMLNode.Position) {
            problems.append("\(path):\(position.line):\(position.column): \(message)")
        }
    }
}
