import PulseEngine
import PulseModel

extension Records {
    /// A record, soft-deleted ones included; nil where there is none or it was hard-deleted.
    ///
    /// - Throws: `RecordsError`.
    public func fetch<Value: SyncModel>(
        _ type: Value.Type = Value.self, _ syncID: SyncID
    ) async throws -> Value? {
        guard let record = try await fetch(Value.modelName, syncID) else { return nil }
        return try Value(stored: record)
    }

    /// A question about a model's records, to be narrowed and asked.
    public func query<Value: SyncModel>(_ type: Value.Type = Value.self) -> Query<Value> {
        Query(records: self)
    }

    /// Saves a new record, which becomes that of a scope.
    ///
    /// - Throws: `RecordsError`: `conflict` when the sync id is taken.
    public func create<Value: SyncModel>(_ value: inout Value, in scope: Scope) async throws {
        value = try Value(stored: try await commit([.creating(value, in: scope)])[0])
    }

    /// Saves a new record, which becomes a user's.
    ///
    /// - Throws: `RecordsError`: `conflict` when the sync id is taken.
    public func create<Value: SyncModel>(_ value: inout Value, for user: UserID) async throws {
        try await create(&value, in: .user(user))
    }

    /// Saves what was changed of a record since it was loaded, and nothing else. Without a change nothing is written.
    ///
    /// - Throws: `RecordsError`: `conflict`, with the record as it is, when somebody was faster.
    public func save<Value: SyncModel>(_ value: inout Value) async throws {
        guard let change = try RecordChange.saving(value) else { return }
        value = try Value(stored: try await commit([change])[0])
    }

    /// Changes a record by what it is, and does so again when somebody was faster.
    ///
    /// - Parameter change: may be called several times. What it throws ends the call, and nothing is written.
    /// - Returns: the record as it is then.
    /// - Throws: `RecordsError`: `notFound` where there is no record; or what `change` throws.
    @discardableResult
    public func update<Value: SyncModel>(
        _ type: Value.Type = Value.self, _ syncID: SyncID, _ change: (inout Value) throws -> Void
    ) async throws -> Value {
        var thrown: (any Error)?
        let record = try await update(Value.modelName, syncID) { record throws(RecordsError) in
            var value = try Value(stored: record)
            do {
                try change(&value)
            } catch {
                thrown = error
                return nil
            }
            let fields = try value.changedFields()
            return fields.isEmpty ? nil : fields
        }
        if let thrown { throw thrown }
        return try Value(stored: record)
    }

    /// Marks a record as deleted. It stays, and clients get it with `is_deleted`.
    ///
    /// - Throws: `RecordsError`: `conflict` when somebody has changed it since it was loaded.
    public func softDelete<Value: SyncModel>(_ value: inout Value) async throws {
        value = try Value(stored: try await softDelete(Value.modelName, value.syncID, from: value.version))
    }

    /// Removes a record for good. A tombstone tells clients that come later.
    ///
    /// - Throws: `RecordsError`: `conflict` when somebody has changed it since it was loaded.
    public func hardDelete<Value: SyncModel>(_ value: Value) async throws {
        try await hardDelete(Value.modelName, value.syncID, from: value.version)
    }

    /// Makes several changes in one commit: all of them or, where one of them fails, none.
    ///
    /// ```swift
    /// try await records.commit { changes in
    ///     try changes.create(task, for: user)
    ///     try changes.save(list)
    /// }
    /// ```
    ///
    /// - Returns: the records as they are then, one for each change; a value without a change to save makes none. The values
    ///   themselves are as before: fetch them again to save them again.
    /// - Throws: `RecordsError` of the first change that fails, or what `body` throws.
    @discardableResult
    public func commit(_ body: (inout Changes) throws -> Void) async throws -> [Record] {
        var changes = Changes()
        try body(&changes)
        return try await commit(changes.list)
    }
}

/// Changes to be made in one commit.
public struct Changes: Sendable {
    private(set) var list: [RecordChange] = []

    /// See `Records.create(_:in:)`.
    ///
    /// - Throws: `RecordsError` when a value has no form in its field.
    public mutating func create(_ value: some SyncModel, in scope: Scope) throws(RecordsError) {
        list.append(try .creating(value, in: scope))
    }

    /// See `Records.create(_:for:)`.
    ///
    /// - Throws: `RecordsError` when a value has no form in its field.
    public mutating func create(_ value: some SyncModel, for user: UserID) throws(RecordsError) {
        try create(value, in: .user(user))
    }

    /// See `Records.save(_:)`.
    ///
    /// - Throws: `RecordsError` when a value has no form in its field, or the record was never created.
    public mutating func save(_ value: some SyncModel) throws(RecordsError) {
        if let change = try RecordChange.saving(value) { list.append(change) }
    }

    /// See `Records.softDelete(_:)`.
    public mutating func softDelete<Value: SyncModel>(_ value: Value) {
        list.append(.softDelete(Value.modelName, value.syncID, from: value.version))
    }

    /// See `Records.hardDelete(_:)`.
    public mutating func hardDelete<Value: SyncModel>(_ value: Value) {
        list.append(.hardDelete(Value.modelName, value.syncID, from: value.version))
    }
}

extension RecordChange {
    fileprivate static func creating<Value: SyncModel>(
        _ value: Value, in scope: Scope
    ) throws(RecordsError) -> RecordChange {
        .create(Value.modelName, in: scope, syncID: value.syncID, try value.allFields())
    }

    /// - Returns: nil where there is nothing to save.
    fileprivate static func saving<Value: SyncModel>(_ value: Value) throws(RecordsError) -> RecordChange? {
        guard value.sync.record != nil else { throw .notFound }
        let fields = try value.changedFields()
        return fields.isEmpty ? nil : .update(Value.modelName, value.syncID, from: value.version, fields)
    }
}

extension SyncModel {
    init(stored record: Record) throws(RecordsError) {
        do {
            try self.init(record)
        } catch {
            throw .invalid("\(Self.modelName) \(record.key.syncID): \(error)")
        }
    }

    func allFields() throws(RecordsError) -> [String: JSONValue] {
        try Self.fields { () throws(FieldError) in try members() }
    }

    func changedFields() throws(RecordsError) -> [String: JSONValue] {
        try Self.fields { () throws(FieldError) in try changedMembers() }
    }

    private static func fields(
        _ members: () throws(FieldError) -> [JSONObject.Member]
    ) throws(RecordsError) -> [String: JSONValue] {
        do {
            return Dictionary(uniqueKeysWithValues: try members().map { ($0.key, $0.value) })
        } catch {
            throw .invalid("\(modelName): \(error)")
        }
    }
}
