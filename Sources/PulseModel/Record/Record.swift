/// What a record is found by: its model and its sync id.
public struct RecordKey: Hashable, Sendable {
    public let model: ModelName
    public let syncID: SyncID

    public init(model: ModelName, syncID: SyncID) {
        self.model = model
        self.syncID = syncID
    }

    /// By the sync id alone, which hardly any two keys share: keys are looked up several times for every write.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(syncID)
    }
}

/// One record as its last write left it: an entry of the log.
public struct Record: Sendable, Hashable {
    /// How much of a record is left.
    public enum State: UInt8, Sendable {
        case live = 0
        /// Soft-deleted: still an ordinary record, marked `is_deleted`.
        case deleted = 1
        /// Hard-deleted: a tombstone that keeps key, version and scope, and no fields.
        case erased = 2
    }

    /// Where a record's last write came from: what a repeated upload is recognised by.
    public struct Origin: Sendable, Hashable {
        /// The user whose client wrote it; nil when the server did.
        public let writer: UserID?
        /// The version that the writer had seen of the record.
        public let base: Version

        public init(writer: UserID?, base: Version) {
            self.writer = writer
            self.base = base
        }
    }

    public let key: RecordKey
    /// A positive number, unique within the model and the same for the record's whole life: its first version.
    public let id: Int64
    /// The version of the record's last write. It only ever grows.
    public let version: Version
    /// When that was, by the clock that orders all writes. It grows with the version.
    public let stamp: HybridTime
    /// The stamp of the record that the writer had seen, or says so; nil where it had seen none.
    public let parent: HybridTime?
    public let scope: Scope
    public let state: State
    /// The fields' values. Empty for a tombstone.
    public let fields: FieldValues
    public let origin: Origin
    public let created: Timestamp
    public let updated: Timestamp
    /// What the record was before; empty unless its model keeps it.
    public let history: RecordHistory

    /// - Parameter stamp: nil for a record of the time before there were stamps: it gets one in 1970, by its version.
    public init(
        key: RecordKey, id: Int64, version: Version, stamp: HybridTime? = nil, parent: HybridTime? = nil,
        scope: Scope, state: State, fields: FieldValues, origin: Origin, created: Timestamp, updated: Timestamp,
        history: RecordHistory = .none
    ) {
        self.key = key
        self.id = id
        self.version = version
        self.stamp = stamp ?? HybridTime(ticks: version.number)
        self.parent = parent
        self.scope = scope
        self.state = state
        self.fields = fields
        self.origin = origin
        self.created = created
        self.updated = updated
        self.history = history
    }
}

extension Record {
    /// The same, without what it was before.
    package var withoutHistory: Record {
        Record(
            key: key, id: id, version: version, stamp: stamp, parent: parent, scope: scope, state: state,
            fields: fields, origin: origin, created: created, updated: updated)
    }
}

/// A moment of the server's wall clock, in microseconds since 1970-01-01 UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}
