import PulseModel

/// Which part of the log to read.
public struct LogQuery: Sendable {
    /// The records of one model in one scope, behind a version.
    public struct Lane: Sendable, Hashable {
        public let model: ModelName
        public let scope: Scope
        public let after: Version

        public init(model: ModelName, scope: Scope, after: Version) {
            self.model = model
            self.scope = scope
            self.after = after
        }
    }

    public enum Reach: Sendable {
        /// All records of the store behind a version.
        case everything(after: Version)
        /// The records of several lanes, merged in version order.
        case lanes([Lane])
    }

    public let reach: Reach
    /// The last version of interest.
    public let upTo: Version
    /// A page ends with the record that reaches either of these.
    public let maximumRecords: Int
    public let maximumBytes: Int

    public init(_ reach: Reach, upTo: Version, maximumRecords: Int = 512, maximumBytes: Int = 256 << 10) {
        self.reach = reach
        self.upTo = upTo
        self.maximumRecords = maximumRecords
        self.maximumBytes = maximumBytes
    }
}

extension Record {
    /// What the record counts on a page, in a commit, in memory.
    package var byteCount: Int { fields.bytes.count + history.bytes.count + 128 }
}

/// A piece of the log.
public struct LogPage: Sendable {
    /// In version order.
    public let records: [Record]
    /// Everything that the query asks for up to this version is in ``records``: the query's `upTo` in the last page.
    public let reached: Version

    public init(records: [Record], reached: Version) {
        self.records = records
        self.reached = reached
    }
}
