import Configuration

/// One of the places that settings come from, and how it is named when one of them is wrong.
struct SettingSource {
    enum Place {
        case flag
        case environment
        /// The file's name, and where in it the value of each setting stands.
        case file(ConfigurationFile)
    }

    let place: Place
    private let reader: ConfigReader

    init(flags: [SettingKey: String]) {
        place = .flag
        let values = flags.map { (AbsoluteConfigKey($0.key.path), ConfigValue(.string($0.value), isSecret: false)) }
        reader = ConfigReader(
            provider: InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: values)))
    }

    init(environment: [String: String]) {
        place = .environment
        let given = environment.filter { !$0.value.isEmpty }
        reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: given).prefixKeys(with: "pulse"))
    }

    init(file: ConfigurationFile) {
        place = .file(file)
        reader = ConfigReader(provider: file.provider)
    }

    /// The value of a setting here, as text; a list with commas between its elements.
    func text(of key: SettingKey) -> String? {
        let configKey = ConfigKey(key.path)
        if case .file(let file) = place {
            guard file.positions[key] != nil else { return nil }
            if file.lists.contains(key) { return reader.stringArray(forKey: configKey)?.joined(separator: ",") }
        }
        return reader.string(forKey: configKey)
    }

    /// How the setting is called where it was given.
    func name(of key: SettingKey) -> String {
        switch place {
        case .flag: key.flagName
        case .environment: key.environmentName
        case .file(let file):
            if let position = file.positions[key] {
                "\(file.path):\(position.line):\(position.column): \(key.path.joined(separator: "."))"
            } else {
                "\(file.path): \(key.path.joined(separator: "."))"
            }
        }
    }
}
