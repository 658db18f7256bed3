import Foundation
public import PulseModel

/// What a JSON Web Token must be, for `serve --auth jwt` and `token check`.
public struct TokenSettings: Sendable, Hashable {
    /// Algorithm and source of each key, as they were given.
    public var keys: [String]
    public var audiences: [String]
    public var issuers: [String]
    /// How much clocks may differ.
    public var leeway: Duration
    /// Where in the claims the user id stands.
    public var userClaim: String
    public var groups: [GroupClaim]
    /// Where in the claims it stands who really acts.
    public var actorClaim: String
    public var scopes: [String]

    /// Where the groups of one name come from.
    public struct GroupClaim: Sendable, Hashable {
        public let name: ClaimName
        /// Where in the claims the values stand.
        public let path: String

        /// Reads `name=path`.
        init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let name = ClaimName(parts[0]), !parts[1].isEmpty else { return nil }
            self.name = name
            path = parts[1]
        }
    }

    /// Brings together what flags, environment, file and defaults say of tokens.
    ///
    /// - Parameter config: the configuration file that a flag names.
    /// - Throws: ``SettingsError`` with everything that is wrong.
    public static func read(
        _ options: TokenOptions, config: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(SettingsError) -> TokenSettings {
        var flags: [SettingKey: String] = [:]
        for setting in Setting.allCases { flags[.setting(setting)] = options.text(of: setting) }
        var reader = await SettingsReader(flags: flags, config: config, environment: environment)
        let settings = reader.tokens()
        reader.checkKeys(of: settings)
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return settings
    }
}
