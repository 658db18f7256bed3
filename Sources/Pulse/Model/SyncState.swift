import PulseModel

/// What the sync knows of a record, beside its fields.
public struct SyncState: Sendable, Hashable {
    /// What the record is found by, on every device.
    public let syncID: SyncID
    /// The record as it was loaded or last saved; nil before it is saved.
    public let record: Record?

    /// The state of a new record.
    public init(syncID: SyncID = .random()) {
        self.syncID = syncID
        record = nil
    }

    /// The state of a record that was loaded or saved.
    public init(_ record: Record) {
        syncID = record.key.syncID
        self.record = record
    }
}
