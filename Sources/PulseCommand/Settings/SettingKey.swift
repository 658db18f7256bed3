/// What a source of settings can be asked for.
enum SettingKey: Hashable, CaseIterable {
    case setting(Setting)
    case limit(Limit)

    static let allCases = Setting.allCases.map(Self.setting) + Limit.allCases.map(Self.limit)

    /// What limits stand under in the configuration file.
    static let limitsName = "limit"

    /// Where it stands in the configuration file, from the outside in.
    var path: [String] {
        switch self {
        case .setting(let setting): [setting.name]
        case .limit(let limit): [Self.limitsName, limit.name]
        }
    }

    var environmentName: String {
        (["PULSE"] + path).joined(separator: "_").uppercased().replacing("-", with: "_")
    }

    var flagName: String {
        switch self {
        case .setting(let setting): "--\(setting.name)"
        case .limit(let limit): "--limit \(limit.name)"
        }
    }

    var isList: Bool {
        if case .setting(let setting) = self { setting.entry.isList } else { false }
    }

    var defaultText: String? {
        switch self {
        case .setting(let setting): setting.entry.defaultText
        case .limit(let limit): String(limit.entry.defaultNumber)
        }
    }

    var range: ClosedRange<Int>? {
        switch self {
        case .setting(let setting): setting.entry.range
        case .limit(let limit): limit.entry.range
        }
    }
}
