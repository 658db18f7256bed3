public import Foundation
public import Logging
public import PulseModel
public import PulseSchemaFile

/// What `serve` has been told to do, checked.
public struct ServeSettings: Sendable, Hashable {
    /// How clients prove who they are.
    public enum Authentication: Sendable, Hashable {
        /// Not at all: the token is the user id. Only alone, and only on a loopback address.
        case insecure
        /// By a JSON Web Token.
        case jwt
        /// By a session of the application's own backend, which answers at this URL.
        case backend(URL)
    }

    /// PEM files.
    public struct TLSFiles: Sendable, Hashable {
        /// A certificate and its chain.
        public var certificate: String
        /// The key to it.
        public var key: String
    }

    /// The address to listen on: a name, or an IPv4 or IPv6 address without brackets.
    public var host: String
    /// The port to listen on; 0 for any free one.
    public var port: Int
    public var store: StoreLocation
    /// How long to wait at the start for a database server that is not there yet.
    public var storeWait: Duration
    /// Whether what other programs write into a MongoDB store's collections is taken over.
    public var adoptsForeignWrites: Bool
    /// The URL of the Redis that connects several workers; nil for a worker that is alone. May have a password in it.
    public var redis: String?
    /// What the names of channels begin with.
    public var redisPrefix: String
    /// The schema file; nil for the program's own schema.
    public var schemaPath: String?
    /// The path of the WebSocket endpoint, beginning with a slash.
    public var path: String
    /// What the paths of the HTTP API begin with, without a slash at its end; nil where it is off.
    public var syncPrefix: String?
    /// Whether of a push over HTTP all changes are stored or none.
    public var pushesAreAtomic: Bool
    /// In the order in which they are asked; empty where the program has a way of its own.
    public var authentication: [Authentication]
    /// What tokens must be, with ``Authentication/jwt``.
    public var tokens: TokenSettings
    /// Header fields that are forwarded to the backend, in lower case.
    public var authHeaders: [String]
    /// How long the backend may take.
    public var authTimeout: Duration
    /// For how long its answers are taken again.
    public var authCache: Duration
    /// The cookie that may hold a token; nil for none.
    public var authCookie: String?
    /// How long a connection outlives its token.
    public var authGrace: Duration
    /// Nil where there are no admin endpoints.
    public var adminToken: AdminToken?
    /// Origins of web pages that may connect, besides the server's own: `https://app.example.com`.
    public var allowedOrigins: [String]
    /// Proxies whose word on their clients counts: addresses, and networks such as `10.0.0.0/8`. Not checked yet.
    public var trustedProxies: [String]
    /// Where TLS is spoken, the files to do it with.
    public var tls: TLSFiles?
    public var logLevel: Logger.Level
    public var logFormat: LogFormat
    /// From one ping of a connection to the next.
    public var pingInterval: Duration
    /// Whether messages are compressed for clients that offer it.
    public var compressesMessages: Bool
    /// Where metrics are served; nil for nowhere.
    public var metricsAddress: ListeningAddress?
    /// Over how long clients are sent away at the end.
    public var drain: Duration
    /// How long it is not ready before it takes no more connections.
    public var drainDelay: Duration
    public var limits: Limits
    /// Whether `/` echoes what WebSockets send it, for protocol tests.
    public var hasEchoEndpoint: Bool

    /// The schema to serve.
    ///
    /// - Parameter own: the program's own, if it has one.
    /// - Throws: ``SchemaFileError`` when the file cannot be read or is wrong.
    public func schema(own: Schema?) throws(SchemaFileError) -> Schema {
        guard let schemaPath else { return own ?? DefaultSchema.schema }
        return try SchemaFile.read(path: schemaPath)
    }
}
