import PulseModel
import PulseWire
import Synchronization

/// Reads and writes of the application's own code, beside those of the clients.
///
/// Writes go the way of all writes: through the queue, with a version, pushed to every connection of the scope. When
/// a call returns, its write is durable.
///
/// What they throw is a ``RecordsError``. They do not say so in their types: Swift 6.3 crashes over functions that catch
/// some cases of a typed error and have a trap elsewhere.
public struct Records: Sendable {
    let engine: SyncEngine

    public var schema: Schema { engine.schema }

    // MARK: Reading

    /// A record, soft-deleted ones included; nil where there is none or it was hard-deleted.
    ///
    /// - Throws: ``RecordsError``.
    public func fetch(_ model: ModelName, _ syncID: SyncID) async throws -> Record? {
        do {
            let record = try await engine.store.record(RecordKey(model: model, syncID: syncID))
            return record?.state == .erased ? nil : record
        } catch {
            throw RecordsError.unavailable("\(error)")
        }
    }

    /// The records that a query asks for, as they are at one moment, in its order.
    ///
    /// Goes through all records of the scope, or of the model where the query names no scope. With a limit no more
    /// than that is held in memory.
    ///
    /// - Throws: ``RecordsError``: `invalid` when the query does not fit the schema.
    public func find(_ query: RecordQuery) async throws -> [Record] {
        let matcher = try RecordMatcher(query, schema: engine.schema)
        let limit = query.limit
        let ranking = try await fold(matcher, into: RecordRanking()) { $0.add($1, limit: limit, by: matcher) }
        return limit == nil ? ranking.records.sorted(by: matcher.precedes) : ranking.records
    }

    /// How many records a query asks for, its limit aside.
    ///
    /// - Throws: ``RecordsError``: `invalid` when the query does not fit the schema.
    public func count(_ query: RecordQuery) async throws -> Int {
        try await fold(RecordMatcher(query, schema: engine.schema), into: 0) { count, _ in count += 1 }
    }

    private func fold<Result: Sendable>(
        _ matcher: RecordMatcher, into initial: Result, _ step: @escaping @Sendable (inout Result, Record) -> Void
    ) async throws -> Result {
        let cancellation = Cancellation()
        do {
            let result = try await withTaskCancellationHandler {
                try await engine.store.fold(matcher.selection, into: initial) { result, record in
                    if matcher.matches(record) { step(&result, record) }
                    return !cancellation.isSet
                }
            } onCancel: {
                cancellation.set()
            }
            guard !cancellation.isSet else { throw RecordsError.unavailable("the query was cancelled") }
            return result
        } catch {
            throw (error as? RecordsError) ?? RecordsError.unavailable("\(error)")
        }
    }

    // MARK: Writing

    /// A new record. Fields that are not named take their defaults.
    ///
    /// - Throws: ``RecordsError``: `conflict` when the sync id is taken.
    @discardableResult
    public func create(
        _ model: ModelName, in scope: Scope, syncID: SyncID = .random(), _ fields: [String: JSONValue]
    ) async throws -> Record {
        try await commit(.create(model, in: scope, syncID: syncID, fields))
    }

    /// Changes the named fields, and no others.
    ///
    /// - Parameter base: the version that the change was made from: fails with `conflict` when somebody was faster.
    ///   Nil to change whatever is there.
    /// - Throws: ``RecordsError``: `notFound` where there is no record.
    @discardableResult
    public func update(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil, _ fields: [String: JSONValue]
    ) async throws -> Record {
        try await commit(.update(model, syncID, from: base, fields))
    }

    /// Changes a record by what it is, and does so again when somebody was faster.
    ///
    /// - Parameter change: returns the new values of the fields to change; nil to leave the record as it is. It may be
    ///   called several times.
    /// - Returns: the record as it is then.
    /// - Throws: ``RecordsError``: `notFound` where there is no record; `conflict` when somebody was faster time and
    ///   again.
    @discardableResult
    public func update(
        _ model: ModelName, _ syncID: SyncID, by change: (Record) throws(RecordsError) -> [String: JSONValue]?
    ) async throws -> Record {
        guard var record = try await fetch(model, syncID) else { throw RecordsError.notFound }
        for attempt in 1... {
            guard let fields = try change(record) else { break }
            do {
                return try await update(model, syncID, from: record.version, fields)
            } catch RecordsError.conflict(let current) where attempt < Self.maximumAttempts {
                record = current
            }
        }
        return record
    }

    private static let maximumAttempts = 100

    /// Marks a record as deleted. It stays, and clients get it with `is_deleted`.
    ///
    /// - Throws: ``RecordsError``: `notFound` where there is no record.
    @discardableResult
    public func softDelete(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil
    ) async throws -> Record {
        try await commit(.softDelete(model, syncID, from: base))
    }

    /// Removes a record for good. A tombstone tells clients that come later.
    ///
    /// - Throws: ``RecordsError``: `notFound` where there is no record.
    public func hardDelete(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil
    ) async throws {
        try await commit(.hardDelete(model, syncID, from: base))
    }

    /// Makes several changes in one commit: all of them or, where one of them fails, none.
    ///
    /// - Returns: the records as they are then, one for each change.
    /// - Throws: ``RecordsError`` of the first change that fails.
    @discardableResult
    public func commit(_ changes: [RecordChange]) async throws -> [Record] {
        let schema = engine.schema
        return try await commit(changes.map { change throws(RecordsError) in try change.write(in: schema) })
    }

    /// As ``commit(_:)-([RecordChange])``.
    func commit(_ writes: [Write]) async throws -> [Record] {
        guard !writes.isEmpty else { return [] }
        let outcomes: [WriteOutcome]
        do {
            outcomes = try await engine.queue.write(WriteBatch(author: .server, writes: writes, isAtomic: true))
        } catch {
            throw RecordsError.unavailable("\(error)")
        }
        // Where one fails, those before it are not made either, whatever their outcomes say.
        return try zip(writes, outcomes).map { write, outcome throws(RecordsError) in
            switch outcome {
            case .accepted(let record), .resolved(let record), .repeated(let record): return record
            case .answered: throw .invalid("The change was answered as a client's.")
            case .conflict(let record) where record.state == .erased && write.scope == nil: throw .notFound
            case .conflict(let record): throw .conflict(record)
            case .rejected(let error): throw error == .missing ? .notFound : .invalid(error.message)
            }
        }
    }

    @discardableResult
    private func commit(_ change: RecordChange) async throws -> Record {
        try await commit([change])[0]
    }
}

/// Tells a scan that nobody waits for it any more.
private final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}

/// Why a read or write of the application failed.
public enum RecordsError: Error, Sendable, CustomStringConvertible {
    /// There is no such record, or it was hard-deleted.
    case notFound
    /// Somebody was faster; this is the record as it is.
    case conflict(Record)
    /// The model or a value does not fit the schema; the text says which.
    case invalid(String)
    /// The store did not answer, or did not confirm: a write may or may not be there.
    case unavailable(String)

    public var description: String {
        switch self {
        case .notFound: "There is no such record."
        case .conflict(let record):
            "\(record.key.model) \(record.key.syncID) has changed: it is at version \(record.version)."
        case .invalid(let message), .unavailable(let message): message
        }
    }
}
