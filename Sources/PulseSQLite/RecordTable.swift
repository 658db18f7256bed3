import GRDB
import PulseEngine
import PulseModel

/// The one table of records: the log itself, clustered by version, so that commits append and deltas are range scans.
struct RecordTable: Sendable {
    private static let columns = "version, model, sync_id, scope, id, state, base, writer, created, updated, fields"

    /// The numbers that stand for models in the table.
    let numbers: [ModelName: Int64]
    private let names: [Int64: ModelName]

    init(models: [(ModelName, Int64)]) {
        numbers = Dictionary(uniqueKeysWithValues: models)
        names = Dictionary(uniqueKeysWithValues: models.map { ($1, $0) })
    }

    static let creation = """
        CREATE TABLE record (
            version INTEGER PRIMARY KEY,
            model   INTEGER NOT NULL REFERENCES model(id),
            sync_id BLOB NOT NULL,
            scope   TEXT NOT NULL,
            id      INTEGER NOT NULL,
            state   INTEGER NOT NULL,
            base    INTEGER NOT NULL,
            writer  TEXT,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            fields  BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX record_key ON record(sync_id, model);
        CREATE INDEX record_lane ON record(model, scope, version);
        """

    func head(in database: Database) throws -> Version {
        // The last write of all is never superseded, so the newest row is the head.
        let statement = try database.cachedStatement(sql: "SELECT max(version) FROM record")
        defer { statement.rewind() }
        _ = try statement.step(in: database)
        return Version(statement.int(at: 0))
    }

    func find(_ key: RecordKey, in database: Database) throws -> Record? {
        guard let model = numbers[key.model] else { return nil }
        let statement = try database.cachedStatement(
            sql: "SELECT \(Self.columns) FROM record WHERE sync_id = ? AND model = ?")
        defer { statement.rewind() }
        statement.bind(key.syncID, at: 1)
        statement.bind(model, at: 2)
        return try statement.step(in: database) ? try record(from: statement) : nil
    }

    /// Writes a record in the place of its last write, if there was one.
    func put(_ record: Record, over superseded: Version?, in database: Database) throws {
        if let superseded {
            let removal = try database.cachedStatement(sql: "DELETE FROM record WHERE version = ?")
            defer { removal.rewind() }
            removal.bind(superseded.number, at: 1)
            _ = try removal.step(in: database)
        }
        let statement = try database.cachedStatement(
            sql: "INSERT INTO record (\(Self.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?)")
        defer { statement.rewind() }
        guard let model = numbers[record.key.model] else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "no model '\(record.key.model)'")
        }
        statement.bind(record.version.number, at: 1)
        statement.bind(model, at: 2)
        statement.bind(record.key.syncID, at: 3)
        statement.bind(record.scope.key, at: 4)
        statement.bind(record.id, at: 5)
        statement.bind(Int64(record.state.rawValue), at: 6)
        statement.bind(record.origin.base.number, at: 7)
        if let writer = record.origin.writer { statement.bind(writer.text, at: 8) } else { statement.bindNull(at: 8) }
        statement.bind(record.created.microseconds, at: 9)
        statement.bind(record.updated.microseconds, at: 10)
        statement.bind(record.fields.bytes, at: 11)
        _ = try statement.step(in: database)
    }

    func page(_ query: LogQuery, in database: Database) throws -> LogPage {
        let statement: Statement
        switch query.reach {
        case .everything(let after):
            statement = try database.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM record WHERE version > ? AND version <= ? ORDER BY version LIMIT ?
                    """)
            statement.bind(after.number, at: 1)
            statement.bind(query.upTo.number, at: 2)
            statement.bind(Int64(query.maximumRecords), at: 3)
        case .lanes(let lanes):
            // Each arm is a range of the index in version order; SQLite merges them without sorting.
            let arm =
                "SELECT \(Self.columns) FROM record WHERE model = ? AND scope = ? AND version > ? AND version <= ?"
            statement = try database.cachedStatement(
                sql: Array(repeating: arm, count: lanes.count).joined(separator: " UNION ALL ")
                    + " ORDER BY version LIMIT ?")
            for (index, lane) in lanes.enumerated() {
                let first = Int32(index * 4)
                statement.bind(numbers[lane.model] ?? 0, at: first + 1)
                statement.bind(lane.scope.key, at: first + 2)
                statement.bind(lane.after.number, at: first + 3)
                statement.bind(query.upTo.number, at: first + 4)
            }
            statement.bind(Int64(query.maximumRecords), at: Int32(lanes.count * 4) + 1)
        }
        defer { statement.rewind() }
        var records: [Record] = []
        records.reserveCapacity(query.maximumRecords)
        var byteCount = 0
        while byteCount < query.maximumBytes {
            guard try statement.step(in: database) else {
                let isLast = records.count < query.maximumRecords
                return LogPage(records: records, reached: isLast ? query.upTo : records[records.count - 1].version)
            }
            let record = try record(from: statement)
            byteCount += record.fields.bytes.count + 128
            records.append(record)
        }
        return LogPage(records: records, reached: records[records.count - 1].version)
    }

    private func record(from row: Statement) throws -> Record {
        let version = row.int(at: 0)
        guard let model = names[row.int(at: 1)], let syncID = row.syncID(at: 2),
            let scope = row.text(at: 3).flatMap(Scope.init(key:)),
            let state = Record.State(rawValue: UInt8(truncatingIfNeeded: row.int(at: 5)))
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the record of version \(version) is damaged")
        }
        return Record(
            key: RecordKey(model: model, syncID: syncID), id: row.int(at: 4), version: Version(version),
            scope: scope, state: state, fields: FieldValues(canonical: row.bytes(at: 10)),
            origin: Record.Origin(writer: row.text(at: 7).flatMap(UserID.init), base: Version(row.int(at: 6))),
            created: Timestamp(microseconds: row.int(at: 8)), updated: Timestamp(microseconds: row.int(at: 9)))
    }
}
