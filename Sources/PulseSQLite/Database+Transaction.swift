import GRDB

extension Database {
    /// Runs `work` alone among all writers, in a transaction whose statements are prepared once: for a small commit,
    /// preparing them takes longer than the writing.
    ///
    /// - Parameter work: returns a value, and whether what it wrote is to stay.
    func inImmediateTransaction<Value>(_ work: () throws -> (Value, TransactionCompletion)) throws -> Value {
        try run("BEGIN IMMEDIATE TRANSACTION")
        do {
            let (value, completion) = try work()
            try run(completion == .commit ? Self.commitStatement : Self.rollbackStatement)
            return value
        } catch {
            // SQLite may have done it itself.
            if isInsideTransaction { try? run(Self.rollbackStatement) }
            throw error
        }
    }

    /// What a ``DatabaseError`` of a commit names.
    static let commitStatement = "COMMIT TRANSACTION"
    private static let rollbackStatement = "ROLLBACK TRANSACTION"

    private func run(_ sql: String) throws {
        let statement = try cachedStatement(sql: sql)
        defer { statement.rewind() }
        _ = try statement.step(in: self)
    }
}
