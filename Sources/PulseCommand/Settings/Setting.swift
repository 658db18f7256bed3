import ArgumentParser

/// The settings of `serve`, besides its ``Limit``s: the one list from which flags, environment variables and keys of
/// the configuration file have their names, and help its text.
public enum Setting: String, Sendable, CaseIterable {
    case host
    case port
    case store
    case storeWait = "store-wait"
    case mongoTail = "mongo-tail"
    case redis
    case redisPrefix = "redis-prefix"
    case schema
    case path
    case syncPrefix = "sync-prefix"
    case syncAtomic = "sync-atomic"
    case auth
    case jwtKeys = "jwt-keys"
    case jwtAudience = "jwt-audience"
    case jwtIssuer = "jwt-issuer"
    case jwtLeeway = "jwt-leeway"
    case jwtUserClaim = "jwt-user-claim"
    case jwtGroups = "jwt-groups"
    case jwtActorClaim = "jwt-actor-claim"
    case jwtScopes = "jwt-scopes"
    case authHeaders = "auth-headers"
    case authTimeout = "auth-timeout"
    case authCache = "auth-cache"
    case authCookie = "auth-cookie"
    case authGrace = "auth-grace"
    case adminTokenFile = "admin-token-file"
    case allowedOrigins = "allowed-origins"
    case trustedProxies = "trusted-proxies"
    case tlsCertificate = "tls-certificate"
    case tlsKey = "tls-key"
    case logLevel = "log-level"
    case logFormat = "log-format"
    case pingInterval = "ping-interval"
    case compression
    case metricsAddress = "metrics-address"
    case drain
    case drainDelay = "drain-delay"

    /// What is known of a setting before it is given.
    struct Entry {
        /// What its value is called in the help.
        let value: String
        /// What holds where nothing is given; nil where nothing does.
        let defaultText: String?
        /// The numbers that it may be, where it is one.
        let range: ClosedRange<Int>?
        /// Whether it has several values: with commas between them, in several flags, or as a list in the file.
        let isList: Bool
        let help: String

        init(
            _ value: String, default defaultText: String? = nil, in range: ClosedRange<Int>? = nil,
            isList: Bool = false, _ help: String
        ) {
            self.value = value
            self.defaultText = defaultText
            self.range = range
            self.isList = isList
            self.help = help
        }
    }

    var entry: Entry {
        switch self {
        case .host: Entry("address", default: "127.0.0.1", "The address to listen on.")
        case .port:
            Entry("number", default: "8080", in: 0...65_535, "The port to listen on; 0 takes a free one.")
        case .store:
            Entry(
                "store", default: "sqlite:pulse.db",
                "Where records are kept: sqlite:FILE or mongodb://HOST/DATABASE, a replica set.")
        case .storeWait:
            Entry(
                "seconds", default: "30", in: 0...3_600,
                "Seconds to wait at the start for a database server that is not there yet.")
        case .mongoTail:
            Entry(
                "on|off", default: "off",
                "Whether what other programs write into the collections of a MongoDB store is taken over and sent to clients."
            )
        case .redis:
            Entry(
                "url",
                "The Redis over which workers tell each other of changes: redis://HOST:PORT, redis-cluster:// or unix:///PATH."
            )
        case .redisPrefix:
            Entry("name", default: "pulse", "What the names of this deployment's channels begin with.")
        case .schema:
            Entry("file", "The schema file; without it, the built-in schema is served ('schema print').")
        case .path: Entry("path", default: "/ws/pulse/sync/", "The path of the WebSocket endpoint.")
        case .syncPrefix:
            Entry("path", default: "/sync", "What the paths of the HTTP API begin with; off for none.")
        case .syncAtomic:
            Entry("on|off", default: "on", "Whether of a push over HTTP all changes are stored or none.")
        case .auth:
            Entry(
                "method", isList: true,
                "How clients prove who they are, the first that finds anything to judge decides: jwt; the http(s) URL of a backend that knows the session; or, alone, insecure (the token is the user id; on this machine only)."
            )
        case .jwtKeys:
            Entry(
                "keys", isList: true,
                "Keys of tokens: ALGORITHM:SOURCE, where SOURCE is file:PATH, env:NAME or the https:// URL of a key set (RS256+ES256:https://…)."
            )
        case .jwtAudience: Entry("names", isList: true, "Whom tokens must be meant for (aud): one of these.")
        case .jwtIssuer: Entry("names", isList: true, "Who may issue tokens (iss); without it, anybody with a key.")
        case .jwtLeeway:
            Entry("seconds", default: "30", in: 0...60, "Seconds that clocks may differ (exp, nbf, iat).")
        case .jwtUserClaim: Entry("claim", default: "sub", "Where in a token the user id stands: name or dotted path.")
        case .jwtGroups:
            Entry(
                "name=claim", isList: true,
                "Groups, and where in a token their value, or an array of values, stands: team=app.team_ids.")
        case .jwtActorClaim:
            Entry("claim", default: "act.sub", "Where in a token it stands who really acts, for the log.")
        case .jwtScopes: Entry("names", isList: true, "Scopes that a token must all have (scope or scp).")
        case .authHeaders:
            Entry(
                "names", default: "cookie, authorization", isList: true,
                "Header fields to forward to the backend; authorization is the token, wherever it was shown.")
        case .authTimeout:
            Entry("seconds", default: "2", in: 1...8, "Seconds that the backend has to answer.")
        case .authCache:
            Entry("seconds", default: "5", in: 0...300, "Seconds for which the backend's answer is taken again.")
        case .authCookie:
            Entry("name", "The cookie that may hold a token; it counts only with an Origin that is allowed.")
        case .authGrace:
            Entry(
                "seconds", default: "30", in: 0...86_400,
                "Seconds for which a connection outlives its token, so that the client can renew it.")
        case .adminTokenFile:
            Entry(
                "file",
                "A file with the token for the admin endpoints, at least 32 bytes; without it, or PULSE_ADMIN_TOKEN, there are none."
            )
        case .allowedOrigins:
            Entry("origins", isList: true, "Origins of web pages that may connect.")
        case .trustedProxies:
            Entry(
                "addresses", isList: true,
                "Addresses or networks of proxies whose X-Forwarded-For or Forwarded tells who the client is.")
        case .tlsCertificate:
            Entry("file", "The certificate and its chain in PEM, to serve TLS; read again on SIGHUP.")
        case .tlsKey: Entry("file", "The key to the certificate, in PEM without a password; read again on SIGHUP.")
        case .logLevel:
            Entry("level", default: "info", "trace, debug, info, notice, warning, error or critical.")
        case .logFormat: Entry("format", default: "text", "text, or json: an object a line.")
        case .metricsAddress:
            Entry(
                "address",
                "HOST:PORT to serve /metrics on, with /healthz and /readyz; without it, there is no /metrics.")
        case .drain:
            Entry(
                "seconds", default: "5", in: 0...3_600,
                "Seconds over which clients are sent away at the end, at least 100 of them a second.")
        case .drainDelay:
            Entry(
                "seconds", default: "0", in: 0...3_600,
                "Seconds from not being ready any more to taking no more connections, for load balancers to notice.")
        case .pingInterval:
            Entry("seconds", default: "25", in: 1...3_600, "Seconds from one ping to the next on each connection.")
        case .compression:
            Entry(
                "on|off", default: "off",
                "Whether messages are compressed for clients that ask for it (permessage-deflate).")
        }
    }

    /// The name of the flag, without hyphens in front, and of the key in the configuration file.
    public var name: String { rawValue }

    /// The name of the environment variable.
    public var environmentName: String { SettingKey.setting(self).environmentName }

    var help: ArgumentHelp {
        let several = entry.isList ? " Several: with commas between them, or in several flags." : ""
        let implied = entry.defaultText.map { " (default: \($0))" } ?? ""
        return ArgumentHelp(stringLiteral: entry.help + several + implied, valueName: entry.value)
    }
}

extension ArgumentHelp {
    fileprivate init(stringLiteral text: String, valueName: String) {
        self.init(stringLiteral: text)
        self.valueName = valueName
    }
}
