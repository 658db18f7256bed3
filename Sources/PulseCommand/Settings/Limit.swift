import PulseModel

/// What one client, or all together, may ask of a server: `--limit NAME=NUMBER`, `PULSE_LIMIT_NAME`, or a key under
/// `limit` in the configuration file.
public enum Limit: String, Sendable, CaseIterable {
    case messageBytes = "message-bytes"
    case batchItems = "batch-items"
    case depth

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
