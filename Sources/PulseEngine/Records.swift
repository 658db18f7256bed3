import PulseModel
import PulseWire

/// Reads and writes of the application's own code, beside those of the clients.
///
/// Writes go the way of all writes: through the queue, with a version, pushed to every connection of the scope. When
/// a call returns, its write is durable.
public struct Records: Sendable {
    let engine: SyncEngine

    /// A record, soft-deleted ones included; nil where there is none or it was hard-deleted.
    ///
    /// - Throws: ``RecordsError``.
    public func fetch(_ model: ModelName, _ syncID: SyncID) async throws(RecordsError) -> Record? {
        do {
            let record = try await engine.store.record(RecordKey(model: model, syncID: syncID))
            return record?.state == .erased ? nil : record
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// A new record. Fields that are not named take their defaults.
    ///
    /// - Throws: ``RecordsError``: `conflict` when the sync id is taken.
    @discardableResult
    public func create(
        _ model: ModelName, in scope: Scope, syncID: SyncID = .random(), _ fields: [String: JSONValue]
    ) async throws(RecordsError) -> Record {
        let patch = try patch(fields, of: model)
        return try await write(
            Write(
                key: RecordKey(model: model, syncID: syncID), base: .zero, scope: scope,
                action: .patch(patch, isDeleted: nil)))
    }

    /// Changes the named fields, and no others.
    ///
    /// - Parameter base: the version that the change was made from: fails with `conflict` when somebody was faster.
    ///   Nil to change whatever is there.
    /// - Throws: ``RecordsError``: `notFound` where there is no record.
    @discardableResult
    public func update(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil, _ fields: [String: JSONValue]
    ) async throws(RecordsError) -> Record {
        let patch = try patch(fields, of: model)
        return try await write(existing: model, syncID, base: base, .patch(patch, isDeleted: nil))
    }

    /// Marks a record as deleted. It stays, and clients get it with `is_deleted`.
    ///
    /// - Throws: ``RecordsError``.
    @discardableResult
    public func softDelete(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil
    ) async throws(RecordsError) -> Record {
        let patch = try patch([:], of: model)
        return try await write(existing: model, syncID, base: base, .patch(patch, isDeleted: true))
    }

    /// Removes a record for good. A tombstone tells clients that come later.
    ///
    /// - Throws: ``RecordsError``.
    public func hardDelete(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil
    ) async throws(RecordsError) {
        try await write(existing: model, syncID, base: base, .erase)
    }

    private func patch(_ fields: [String: JSONValue], of model: ModelName) throws(RecordsError) -> FieldPatch {
        guard let model = engine.schema[model] else { throw .invalid("There is no model '\(model)'.") }
        do {
            let members = fields.map { JSONObject.Member(key: $0.key, value: $0.value) }
            return try FieldPatch(members, for: model, by: .server, ignoring: { _ in false })
        } catch {
            throw .invalid(error.description)
        }
    }

    /// Without a scope of its own, a write that creates is refused.
    @discardableResult
    private func write(
        existing model: ModelName, _ syncID: SyncID, base: Version?, _ action: Write.Action
    ) async throws(RecordsError) -> Record {
        guard try await fetch(model, syncID) != nil else { throw .notFound }
        return try await write(
            Write(key: RecordKey(model: model, syncID: syncID), base: base, scope: nil, action: action))
    }

    private func write(_ write: Write) async throws(RecordsError) -> Record {
        let outcome: WriteOutcome
        do {
            outcome = try await engine.queue.write(WriteBatch(author: .server, writes: [write]))[0]
        } catch {
            throw .unavailable("\(error)")
        }
        switch outcome {
        case .accepted(let record), .repeated(let record): return record
        case .conflict(let record): throw .conflict(record)
        case .rejected(let error): throw .invalid(error.message)
        }
    }
}

/// Why a read or write of the application failed.
public enum RecordsError: Error, Sendable {
    case notFound
    /// Somebody was faster; this is the record as it is.
    case conflict(Record)
    /// The model or a value does not fit the schema; the text says which.
    case invalid(String)
    /// The store did not answer, or did not confirm: a write may or may not be there.
    case unavailable(String)
}
