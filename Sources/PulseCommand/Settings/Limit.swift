import PulseModel

/// What one client, or all together, may ask of a server: `--limit NAME=NUMBER`, `PULSE_LIMIT_NAME`, or a key under
/// `limit` in the configuration file.
public enum Limit: String, Sendable, CaseIterable {
    case messageBytes = "message-bytes"
    case batchItems = "batch-items"
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
        case .deltas: Entry(8, in: 1...1_000, "Pages of deltas that are read and encoded at a time, for all.")
        case .storeBytes:
            Entry(0, in: 0...1 << 50, "Bytes of the store from which only deletes are taken; 0 for no limit.")
        case .diskFreeBytes:
            Entry(256 << 20, in: 0...1 << 50, "Bytes of SQLite's disk that are left to deletes; 0 for none.")
        case .authRequests: Entry(32, in: 1...10_000, "Requests at a time to the backend that knows the sessions.")
        case .authWaiting: Entry(256, in: 0...100_000, "Clients that wait for such a request; further ones get a 503.")
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
