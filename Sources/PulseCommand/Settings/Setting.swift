import ArgumentParser
import PulseModel

/// The settings of `serve`: the one list from which flags, environment variables and keys of the configuration
/// file have their names, and help its text.
public enum Setting: String, Sendable, CaseIterable {
    case host
    case port
    case store
    case storeWait = "store-wait"
    case redis
    case redisPrefix = "redis-prefix"
    case schema
    case path
    case auth
    case allowedOrigins = "allowed-origins"
    case logLevel = "log-level"
    case pingInterval = "ping-interval"
    case maxMessageBytes = "max-message-bytes"
    case maxBatchItems = "max-batch-items"
    case maxDepth = "max-depth"

    /// The name of the flag, without hyphens in front, and of the key in the configuration file.
    public var name: String { rawValue }

    /// The name of the environment variable.
    public var environmentName: String {
        "PULSE_" + rawValue.uppercased().replacing("-", with: "_")
    }

    /// What holds where nothing is given; nil where nothing does.
    var defaultText: String? {
        switch self {
        case .host: "127.0.0.1"
        case .port: "8080"
        case .store: "sqlite:pulse.db"
        case .storeWait: "30"
        case .redis, .schema, .auth, .allowedOrigins: nil
        case .redisPrefix: "pulse"
        case .path: "/ws/pulse/sync/"
        case .logLevel: "info"
        case .pingInterval: "25"
        case .maxMessageBytes: "1048576"
        case .maxBatchItems: "1000"
        case .maxDepth: "32"
        }
    }

    /// The numbers that a numeric setting may have.
    var range: ClosedRange<Int>? {
        switch self {
        case .port: 0...65_535
        case .storeWait: 0...3_600
        case .pingInterval: 1...3_600
        case .maxMessageBytes: 1_024...64 << 20
        case .maxBatchItems: 1...100_000
        case .maxDepth: 4...JSONLimits.greatestDepth
        default: nil
        }
    }

    var help: ArgumentHelp {
        var help = ArgumentHelp(stringLiteral: abstract + (defaultText.map { " (default: \($0))" } ?? ""))
        help.valueName = valueName
        return help
    }

    private var abstract: String {
        switch self {
        case .host: "The address to listen on."
        case .port: "The port to listen on; 0 takes a free one."
        case .store: "Where records are kept: sqlite:FILE or mongodb://HOST/DATABASE, a replica set."
        case .storeWait: "Seconds to wait at the start for a database server that is not there yet."
        case .redis:
            "The Redis over which workers tell each other of changes: redis://HOST:PORT, redis-cluster:// or unix:///PATH."
        case .redisPrefix: "What the names of this deployment's channels begin with."
        case .schema: "The schema file; without it, the built-in schema is served ('schema print')."
        case .path: "The path of the WebSocket endpoint."
        case .auth: "How clients prove who they are: insecure (the token is the user id; on this machine only)."
        case .allowedOrigins: "Origins of web pages that may connect, with commas between them or in several flags."
        case .logLevel: "trace, debug, info, notice, warning, error or critical."
        case .pingInterval: "Seconds from one ping to the next on each connection."
        case .maxMessageBytes: "The most bytes of one message."
        case .maxBatchItems: "The most items of one batch."
        case .maxDepth: "The most levels of arrays and objects in one message."
        }
    }

    private var valueName: String {
        switch self {
        case .host: "address"
        case .port, .maxMessageBytes, .maxBatchItems, .maxDepth: "number"
        case .store: "store"
        case .redis: "url"
        case .redisPrefix: "name"
        case .schema: "file"
        case .path: "path"
        case .auth: "method"
        case .allowedOrigins: "origins"
        case .logLevel: "level"
        case .storeWait, .pingInterval: "seconds"
        }
    }
}
