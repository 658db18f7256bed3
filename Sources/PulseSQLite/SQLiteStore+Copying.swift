import Foundation
import GRDB
import PulseEngine
import PulseModel

extension SQLiteStore: CopyableStore {
    /// Opens the file, as ``init(path:schema:patience:)`` does but under no schema, to copy its log to another store.
    ///
    /// - Throws: ``StoreError`` when the file is not there or cannot be used, saying why and what to do.
    public convenience init(copyingFrom path: String, patience: Duration = .seconds(5)) throws(StoreError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.unusable, "there is no file \(path)")
        }
        try self.init(path: path, for: nil, patience)
    }

    /// Opens the file, or makes it, under no schema, to copy another store's log into it.
    ///
    /// - Throws: ``StoreError`` when the file cannot be used, saying why and what to do.
    public convenience init(copyingTo path: String, patience: Duration = .seconds(5)) throws(StoreError) {
        try self.init(path: path, for: nil, patience)
    }

    public func history() async throws(StoreError) -> SchemaHistory {
        let path = path
        return try await perform(on: nextReader) { database in
            try Format.refuseUnfinishedCopy(in: database, path: path)
            return try Format.history(in: database)
        }
    }

    public func beginCopy(of history: SchemaHistory, from source: String) async throws(StoreError) -> Version {
        let path = path
        let table = table
        let (head, newTable) = try await write { database in
            let head = try table.head(in: database).version
            if let begun = try Format.sourceOfUnfinishedCopy(in: database) {
                guard begun == source else {
                    throw StoreError(
                        .unusable, "\(path) is an unfinished copy of \(begun): complete that one, or remove it")
                }
            } else {
                guard head == .zero else {
                    throw StoreError(.unusable, "\(path) has records already: a store is copied into an empty one")
                }
                try database.execute(sql: "INSERT INTO unfinished_copy (source) VALUES (?)", arguments: [source])
                try Format.forgetFields(of: history.models.keys, in: database)
            }
            try Format.write(history, to: database)
            return (head, try Format.table(in: database))
        }
        currentTable.withLock { $0 = newTable }
        return head
    }

    public func take(_ page: LogPage) async throws(StoreError) {
        let path = path
        let table = table
        try await write { database in
            do {
                try table.take(page.records, in: database)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                throw StoreError(
                    .unusable,
                    "\(path) has records that are not its source's: stop whoever writes there, remove it, begin anew")
            }
        }
    }

    public func endCopy(at floors: [ModelName: LogHead]) async throws(StoreError) {
        let table = table
        try await write { database in
            try table.raise(floors, in: database)
            try database.execute(sql: "DELETE FROM unfinished_copy")
        }
    }

    /// Runs `work` in a transaction of its own.
    func write<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await perform(on: writer) { database in
            try database.inImmediateTransaction { (try work(database), .commit) }
        }
    }
}
