public import ArgumentParser

/// The flags that say what a JSON Web Token must be.
public struct TokenOptions: ParsableArguments, Sendable {
    @Option(help: Setting.jwtKeys.help) public var jwtKeys: [String] = []
    @Option(help: Setting.jwtAudience.help) public var jwtAudience: [String] = []
    @Option(help: Setting.jwtIssuer.help) public var jwtIssuer: [String] = []
    @Option(parsing: .unconditional, help: Setting.jwtLeeway.help) public var jwtLeeway: String?
    @Option(help: Setting.jwtUserClaim.help) public var jwtUserClaim: String?
    @Option(help: Setting.jwtGroups.help) public var jwtGroups: [String] = []
    @Option(help: Setting.jwtActorClaim.help) public var jwtActorClaim: String?
    @Option(help: Setting.jwtScopes.help) public var jwtScopes: [String] = []

    public init() {}

    /// What was given on the command line; nil for other settings.
    func text(of setting: Setting) -> String? {
        switch setting {
        case .jwtKeys: ServeOptions.joined(jwtKeys)
        case .jwtAudience: ServeOptions.joined(jwtAudience)
        case .jwtIssuer: ServeOptions.joined(jwtIssuer)
        case .jwtLeeway: jwtLeeway
        case .jwtUserClaim: jwtUserClaim
        case .jwtGroups: ServeOptions.joined(jwtGroups)
        case .jwtActorClaim: jwtActorClaim
        case .jwtScopes: ServeOptions.joined(jwtScopes)
        default: nil
        }
    }
}
