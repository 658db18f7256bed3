import PulseEngine
import PulseModel

/// A committed change of a model's record.
public struct ModelChange<Value: SyncModel>: Sendable {
    public enum Content: Sendable {
        /// The record as the change left it, soft-deleted perhaps.
        case saved(Value)
        /// It was removed for good.
        case hardDeleted(SyncID)
    }

    public let content: Content
    public let version: Version
    public let scope: Scope
    /// Where a feed goes on behind this change. Kept together with what was made of the change, it makes the reader miss
    /// nothing and repeat nothing after a crash.
    public let cursor: FeedCursor

    init(_ change: ChangeFeed.Change) throws(RecordsError) {
        let record = change.record
        content = record.state == .erased ? .hardDeleted(record.key.syncID) : .saved(try Value(stored: record))
        version = record.version
        scope = record.scope
        cursor = change.cursor
    }
}

extension Records {
    /// The committed changes of a model, in version order, without an end; see `ChangeFeed`.
    ///
    /// - Parameters:
    ///   - scope: nil for all.
    ///   - cursor: from a ``ModelChange``; nil to begin with the oldest record.
    /// - Throws: `FeedError` when the cursor is of another store, or lies beyond the log.
    public func changes<Value: SyncModel>(
        of type: Value.Type, in scope: Scope? = nil, after cursor: FeedCursor? = nil
    ) async throws -> some AsyncSequence<ModelChange<Value>, any Error> & Sendable {
        try await changes(of: Value.modelName, in: scope, after: cursor).map { change in
            try ModelChange<Value>(change)
        }
    }
}
