import GRDB
import PulseEngine
import PulseModel

extension SQLiteStore {
    public func floors() async throws(StoreError) -> [ModelName: LogHead] {
        let table = table
        return try await perform(on: nextReader) { try table.floors(in: $0) }
    }

    public func purge(_ purge: LogPurge, maximumRecords: Int) async throws(StoreError) -> Int {
        let table = table
        return try await write { database in
            var count = 0
            for state in purge.states {
                count += try table.purge(purge, in: state, maximumRecords: maximumRecords - count, in: database)
            }
            return count
        }
    }

    public func count(_ purge: LogPurge) async throws(StoreError) -> Int {
        let table = table
        return try await perform(on: scanner) { database in
            try purge.states.reduce(0) { try $0 + table.count(purge, in: $1, in: database) }
        }
    }
}

extension RecordTable {
    /// Where tombstones are, and up to where they have been purged.
    static let purging = """
        CREATE INDEX record_tombstone ON record(model, state, version) WHERE state <> 0;
        CREATE TABLE floor (
            model   INTEGER PRIMARY KEY REFERENCES model(id),
            version INTEGER NOT NULL,
            stamp   INTEGER NOT NULL
        ) STRICT;
        """

    func floors(in database: Database) throws -> [ModelName: LogHead] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT name, version, stamp FROM floor JOIN model ON model.id = floor.model")
        return Dictionary(
            uniqueKeysWithValues: rows.compactMap { row in
                ModelName(row["name"]).map {
                    ($0, LogHead(version: Version(row["version"]), stamp: HybridTime(ticks: row["stamp"])))
                }
            })
    }

    /// Removes the oldest records of one state, and raises the model's floor to the newest of them.
    func purge(_ purge: LogPurge, in state: Record.State, maximumRecords: Int, in database: Database) throws -> Int {
        guard maximumRecords > 0 else { return 0 }
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT version, stamp FROM \(Self.records(in: state)) ORDER BY version LIMIT ?",
            arguments: arguments(of: purge, in: state) + [maximumRecords])
        guard let last = rows.last else { return 0 }
        let removal = try database.cachedStatement(sql: Self.removal)
        for row in rows {
            defer { removal.rewind() }
            removal.bind(row["version"] as Int64, at: 1)
            _ = try removal.step(in: database)
        }
        let floor = LogHead(version: Version(last["version"]), stamp: HybridTime(ticks: last["stamp"]))
        try raise([purge.model: floor], in: database)
        return rows.count
    }

    func count(_ purge: LogPurge, in state: Record.State, in database: Database) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT count(*) FROM \(Self.records(in: state))",
            arguments: arguments(of: purge, in: state)) ?? 0
    }

    /// Raises floors that are lower.
    func raise(_ floors: [ModelName: LogHead], in database: Database) throws {
        for (model, floor) in floors {
            try database.execute(
                sql: """
                    INSERT INTO floor (model, version, stamp) VALUES (?, ?, ?) ON CONFLICT DO UPDATE
                    SET version = excluded.version, stamp = excluded.stamp WHERE excluded.version > version
                    """,
                arguments: [numbers[model], floor.version.number, floor.stamp.ticks])
        }
    }

    /// The newest row is the head, and stays. That a state is not 0 must be said for its index to be used.
    private static func records(in state: Record.State) -> String {
        let index = state == .live ? "record_lane WHERE" : "record_tombstone WHERE state <> 0 AND"
        return "record INDEXED BY \(index) model = ? AND state = ? AND version <= ? "
            + "AND version < (SELECT max(version) FROM record)"
    }

    private func arguments(of purge: LogPurge, in state: Record.State) -> StatementArguments {
        [numbers[purge.model] ?? 0, Int64(state.rawValue), purge.upTo.number]
    }
}
