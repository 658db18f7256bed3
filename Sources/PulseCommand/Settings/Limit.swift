import PulseModel

/// What one client, or all together, may ask of a server: `--limit NAME=NUMBER`, `PULSE_LIMIT_NAME`, or a key under
/// `limit` in the configuration file.
public enum Limit: String, Sendable, CaseIterable {
    case messageBytes = "message-bytes"
    case batchItems = "batch-items"
    case pushChanges = "push-changes"
    case depth
    case stringBytes = "string-bytes"
    case objectKeys = "object-keys"
    case messagesPerSecond = "messages-per-second"
    case bytesPerSecond = "bytes-per-second"
    case rateRefusalsPerMinute = "rate-refusals-per-minute"
    case errorsPerMinute = "errors-per-minute"
    case uploadsPerConnection = "uploads-per-connection"
    case queuedWrites = "queued-writes"
    case queuedBytes = "queued-bytes"
    case deltas
    case storeBytes = "store-bytes"
    case diskFreeBytes = "disk-free-bytes"
    case authRequests = "auth-requests"
    case authWaiting = "auth-waiting"
    case headerBytes = "header-bytes"
    case headerFields = "header-fields"
    case headerSeconds = "header-seconds"
    case handshakeSeconds = "handshake-seconds"
    case requestBodyBytes = "request-body-bytes"
    case requestSeconds = "request-seconds"
    case idleSeconds = "idle-seconds"
    case syncRequests = "sync-requests"
    case syncRequestsPerUser = "sync-requests-per-user"
    case fragments
    case messageSeconds = "message-seconds"
    case closeSeconds = "close-seconds"
    case connections
    case connectionsPerUser = "connections-per-user"
    case connectionsPerAddress = "connections-per-address"
    case handshakes
    case handshakesPerSecond = "handshakes-per-second"

    /// What is known of a limit before it is given.
    struct Entry {
        let defaultNumber: Int
        let range: ClosedRange<Int>
        let help: String

        init(_ defaultNumber: Int, in range: ClosedRange<Int>, _ help: String) {
            self.defaultNumber = defaultNumber
            self.range = range
            self.help = help
        }
    }

    var entry: Entry {
        switch self {
        case .messageBytes: Entry(1_048_576, in: 1_024...64 << 20, "Bytes of one message.")
        case .batchItems: Entry(1_000, in: 1...100_000, "Items of one batch.")
        case .pushChanges: Entry(1_000, in: 1...100_000, "Changes of one push over HTTP.")
        case .depth: Entry(32, in: 4...JSONLimits.greatestDepth, "Levels of arrays and objects in one message.")
        case .stringBytes: Entry(262_144, in: 64...64 << 20, "Bytes of one string, key or number in a message.")
        case .objectKeys: Entry(10_000, in: 64...1_000_000, "Keys of one object in a message.")
        case .messagesPerSecond:
            Entry(2_000, in: 0...1_000_000, "Messages a second of one connection; 0 for any number.")
        case .bytesPerSecond:
            Entry(16 << 20, in: 0...1 << 30, "Bytes of messages a second of one connection; 0 for any number.")
        case .rateRefusalsPerMinute:
            Entry(
                100, in: 0...1_000_000, "Messages refused as too fast within a minute; then the connection is closed.")
        case .errorsPerMinute:
            Entry(20, in: 0...1_000_000, "Messages refused as wrong within a minute; then the connection is closed.")
        case .uploadsPerConnection: Entry(8, in: 1...1_000, "Uploads of one connection on their way.")
        case .queuedWrites:
            Entry(100_000, in: 1...10_000_000, "Writes that wait, of all; from half of it clients are not read from.")
        case .queuedBytes:
            Entry(64 << 20, in: 1...8 << 30, "Bytes of writes that wait, of all; as above.")
        case .deltas:
            Entry(
                0, in: 0...1_000,
                "Pages of deltas that are read and encoded at a time, for all; 0 for as many as suit the store.")
        case .storeBytes:
            Entry(0, in: 0...1 << 50, "Bytes of the store from which only deletes are taken; 0 for no limit.")
        case .diskFreeBytes:
            Entry(256 << 20, in: 0...1 << 50, "Bytes of SQLite's disk that are left to deletes; 0 for none.")
        case .authRequests: Entry(32, in: 1...10_000, "Requests at a time to the backend that knows the sessions.")
        case .authWaiting: Entry(256, in: 0...100_000, "Clients that wait for such a request; further ones get a 503.")
        case .headerBytes:
            Entry(16_384, in: 1_024...1 << 20, "Bytes of a request's head; one field of it has half of them.")
        case .headerFields: Entry(100, in: 10...10_000, "Header fields of one request.")
        case .headerSeconds: Entry(10, in: 1...3_600, "Seconds until a connection's first request head is complete.")
        case .handshakeSeconds: Entry(10, in: 1...3_600, "Seconds to decide on a WebSocket, or 503.")
        case .requestBodyBytes: Entry(1_048_576, in: 0...1 << 30, "Bytes of a plain request's body.")
        case .requestSeconds: Entry(20, in: 1...3_600, "Seconds until a plain request's body is complete.")
        case .idleSeconds: Entry(30, in: 1...3_600, "Seconds between plain requests of one connection.")
        case .syncRequests: Entry(256, in: 1...100_000, "Requests of the HTTP API at a time; further ones get a 503.")
        case .syncRequestsPerUser:
            Entry(32, in: 1...100_000, "Requests of the HTTP API at a time of one user; further ones get a 429.")
        case .fragments: Entry(1_024, in: 1...1 << 20, "Frames of one message.")
        case .messageSeconds: Entry(30, in: 1...3_600, "Seconds that a message may be incomplete and not grow.")
        case .closeSeconds: Entry(5, in: 1...3_600, "Seconds for a client to answer a close frame.")
        case .connections:
            Entry(100_000, in: 1...10_000_000, "Connections at a time; fewer where there are fewer files.")
        case .connectionsPerUser: Entry(1_000, in: 1...10_000_000, "WebSockets of one user.")
        case .connectionsPerAddress:
            Entry(2_000, in: 1...10_000_000, "Connections of one address, or one IPv6 /64; not of this machine.")
        case .handshakes: Entry(2_000, in: 1...10_000_000, "Connections at a time that are at their first request.")
        case .handshakesPerSecond:
            Entry(200, in: 1...1_000_000, "New connections of one address, or one IPv6 /64, in a second.")
        }
    }

    public var name: String { rawValue }

    /// All limits, one a line, for the help.
    static var overview: String {
        let width = allCases.map(\.name.count).max() ?? 0
        return allCases.map { limit in
            let padding = String(repeating: " ", count: width - limit.name.count)
            return "  \(limit.name)\(padding)  \(limit.entry.help) (default: \(limit.entry.defaultNumber))"
        }.joined(separator: "\n")
    }
}

/// The limits that hold.
public struct Limits: Sendable, Hashable {
    private var numbers: [Limit: Int]

    /// - Parameter numbers: those that are not the defaults.
    package init(_ numbers: [Limit: Int] = [:]) {
        self.numbers = numbers
    }

    public internal(set) subscript(_ limit: Limit) -> Int {
        get { numbers[limit] ?? limit.entry.defaultNumber }
        set { numbers[limit] = newValue == limit.entry.defaultNumber ? nil : newValue }
    }
}
