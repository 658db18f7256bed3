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

    init(flags: [Setting: String]) {
        place = .flag
        let values = flags.map { (AbsoluteConfigKey([$0.key.name]), ConfigValue(.string($0.value), isSecret: false)) }
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
    func text(of setting: Setting) -> String? {
        if case .file(let file) = place, file.positions[setting] == nil { return nil }
        let key = ConfigKey([setting.name])
        if setting == .allowedOrigins, case .file(let file) = place, file.lists.contains(setting) {
            return reader.stringArray(forKey: key)?.joined(separator: ",")
        }
        return reader.string(forKey: key)
    }

    /// How the setting is called where it was given.
    func name(of setting: Setting) -> String {
        switch place {
        case .flag: "--\(setting.name)"
        case .environment: setting.environmentName
        case .file(let file):
            if let position = file.positions[setting] {
                "\(file.path):\(position.line):\(position.column): \(setting.name)"
            } else {
                "\(file.path): \(setting.name)"
            }
        }
    }
}
