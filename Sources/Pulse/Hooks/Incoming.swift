import PulseEngine
import PulseModel

/// A change that a client has uploaded, as a hook of its model sees it.
public struct Incoming<Value: SyncModel>: Sendable {
    /// Who uploads it.
    public let identity: Identity
    /// The record as it is stored; nil where there is none. By the time the change is written it may be another.
    public let stored: Value?
    /// The version of the record that the client had seen.
    public let base: Version
    /// Whether the record is to be soft-deleted after the change.
    public let isDeleted: Bool
    /// Whether the client may be repeating itself because it got no answer. A hook that judges the step from ``stored`` to
    /// ``record`` must let it pass; it is then known again and changes nothing, or it is a conflict.
    public let mayBeRepeat: Bool
    /// The record as the client wants it. What the hook changes of it is written in its place, read-only fields too.
    public var record: Value
}

extension Incoming {
    init(_ change: IncomingChange) throws {
        identity = change.identity
        stored = try change.stored.map { record throws(FieldError) in try Value(record) }
        base = change.base
        isDeleted = change.isDeleted
        mayBeRepeat = change.mayBeRepeat
        record = try Value(key: change.key, fields: change.fields, of: change.stored)
    }
}

/// An upload and a stored record that the application is to bring together.
public struct MergeConflict<Value: SyncModel>: Sendable {
    /// The record as it is.
    public let stored: Value
    /// The record as the client saw it when it made its changes; nil where that is not remembered.
    public let base: Value?
    /// The record with everything that the client says.
    public let incoming: Value
    /// The names of the fields to decide on.
    public let fields: [String]
}

extension MergeConflict {
    init(_ conflict: RecordConflict) throws(FieldError) {
        let key = conflict.stored.key
        stored = try Value(conflict.stored)
        base = try conflict.base.map { fields throws(FieldError) in
            try Value(key: key, fields: fields, of: conflict.stored)
        }
        incoming = try Value(key: key, fields: conflict.incoming, of: conflict.stored)
        fields = conflict.fields
    }
}

extension SyncModel {
    /// Fields that are not stored so, as a record.
    fileprivate init(key: RecordKey, fields: FieldValues, of stored: Record?) throws(FieldError) {
        try self.init(reading: FieldReader(fields, of: Self.model))
        sync = stored.map(SyncState.init) ?? SyncState(syncID: key.syncID)
    }
}
