public import ArgumentParser
import PulseSchemaFile

/// The flags of `serve`. All are plain text here: their values are judged together with those from elsewhere.
public struct ServeOptions: ParsableArguments, Sendable {
    /// For the help of the command that takes these options.
    public static let discussion = """
        Each setting is taken from its flag, else from the environment (PULSE_PORT for --port, PULSE_LIMIT_DEPTH for \
        --limit depth=…), else from the YAML file that --config or PULSE_CONFIG names (port: 8080), else it has its \
        default. An empty environment variable counts as none. Wrong settings end the program with status 78.

        Limits, each given as --limit NAME=NUMBER:
        \(Limit.overview)
        """

    @Option(
        help: ArgumentHelp("A YAML file with settings.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    public var config: String?

    @Option(help: Setting.host.help) public var host: String?
    // Unconditional, so that "--port -1" is told to be out of range rather than to have no value.
    @Option(parsing: .unconditional, help: Setting.port.help) public var port: String?
    @Option(help: Setting.store.help) public var store: String?
    @Option(parsing: .unconditional, help: Setting.storeWait.help) public var storeWait: String?
    @Option(help: Setting.mongoTail.help, completion: .list(["on", "off"])) public var mongoTail: String?
    @Option(help: Setting.redis.help) public var redis: String?
    @Option(help: Setting.redisPrefix.help) public var redisPrefix: String?
    @Option(help: Setting.schema.help, completion: .file(extensions: ["yaml", "yml"])) public var schema: String?
    @Option(help: Setting.path.help) public var path: String?
    @Option(help: Setting.syncPrefix.help) public var syncPrefix: String?
    @Option(help: Setting.syncAtomic.help, completion: .list(["on", "off"])) public var syncAtomic: String?
    @Option(help: Setting.auth.help, completion: .list(["jwt", "insecure"])) public var auth: [String] = []
    @OptionGroup(title: "JSON Web Tokens") public var tokens: TokenOptions
    @Option(help: Setting.authHeaders.help) public var authHeaders: [String] = []
    @Option(parsing: .unconditional, help: Setting.authTimeout.help) public var authTimeout: String?
    @Option(parsing: .unconditional, help: Setting.authCache.help) public var authCache: String?
    @Option(help: Setting.authCookie.help) public var authCookie: String?
    @Option(parsing: .unconditional, help: Setting.authGrace.help) public var authGrace: String?
    @Option(help: Setting.adminTokenFile.help, completion: .file()) public var adminTokenFile: String?
    @Option(help: Setting.allowedOrigins.help) public var allowedOrigins: [String] = []
    @Option(help: Setting.trustedProxies.help) public var trustedProxies: [String] = []
    @Option(help: Setting.tlsCertificate.help, completion: .file(extensions: ["pem"])) public var tlsCertificate:
        String?
    @Option(help: Setting.tlsKey.help, completion: .file(extensions: ["pem"])) public var tlsKey: String?
    @Option(help: Setting.logLevel.help) public var logLevel: String?
    @Option(parsing: .unconditional, help: Setting.pingInterval.help) public var pingInterval: String?
    @Option(help: Setting.compression.help, completion: .list(["on", "off"])) public var compression: String?
    @Option(help: Setting.logFormat.help, completion: .list(LogFormat.allCases.map(\.rawValue)))
    public var logFormat: String?
    @Option(help: Setting.metricsAddress.help) public var metricsAddress: String?
    @Option(parsing: .unconditional, help: Setting.drain.help) public var drain: String?
    @Option(parsing: .unconditional, help: Setting.drainDelay.help) public var drainDelay: String?
    @Option(help: ArgumentHelp("One of the limits above; once for each.", valueName: "name=number"))
    public var limit: [String] = []

    @Flag(help: ArgumentHelp("Echo what WebSockets send to '/', for protocol tests.", visibility: .hidden))
    public var echoEndpoint = false

    public init() {}

    /// What was given on the command line, but for limits.
    private func text(of setting: Setting) -> String? {
        switch setting {
        case .host: host
        case .port: port
        case .store: store
        case .storeWait: storeWait
        case .redis: redis
        case .mongoTail: mongoTail
        case .redisPrefix: redisPrefix
        case .schema: schema
        case .path: path
        case .syncPrefix: syncPrefix
        case .syncAtomic: syncAtomic
        case .auth: Self.joined(auth)
        case .jwtKeys, .jwtAudience, .jwtIssuer, .jwtLeeway, .jwtUserClaim, .jwtGroups, .jwtActorClaim, .jwtScopes:
            tokens.text(of: setting)
        case .authHeaders: Self.joined(authHeaders)
        case .authTimeout: authTimeout
        case .authCache: authCache
        case .authCookie: authCookie
        case .authGrace: authGrace
        case .adminTokenFile: adminTokenFile
        case .allowedOrigins: Self.joined(allowedOrigins)
        case .trustedProxies: Self.joined(trustedProxies)
        case .tlsCertificate: tlsCertificate
        case .tlsKey: tlsKey
        case .logLevel: logLevel
        case .logFormat: logFormat
        case .pingInterval: pingInterval
        case .compression: compression
        case .metricsAddress: metricsAddress
        case .drain: drain
        case .drainDelay: drainDelay
        }
    }

    static func joined(_ texts: [String]) -> String? {
        texts.isEmpty ? nil : texts.joined(separator: ",")
    }

    /// What was given on the command line.
    ///
    /// - Parameter problems: gets what is wrong with names of limits.
    func texts(problems: inout [String]) -> [SettingKey: String] {
        var texts: [SettingKey: String] = [:]
        for setting in Setting.allCases { texts[.setting(setting)] = text(of: setting) }
        for text in limit {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let limit = Limit(rawValue: parts[0]) else {
                let hint = Suggestion.hint(for: parts[0], among: Limit.allCases.map(\.name), otherwise: "there are")
                problems.append("--limit: there is no limit '\(parts[0])'\(hint)")
                continue
            }
            texts[.limit(limit)] = parts.count == 2 ? parts[1] : ""
        }
        return texts
    }
}
