import GRDB
import PulseEngine
import PulseModel

/// The one table of records: the log itself, clustered by version, so that commits append and deltas are range scans.
struct RecordTable: Sendable {
    private static let columns =
        "version, model, sync_id, scope, id, state, base, writer, created, updated, fields, history, stamp, parent"

    /// Lanes in one query. SQLite takes 500 parts of a compound query at most.
    private static let maximumArms = 250

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

    func head(in database: Database) throws -> LogHead {
        // The last write of all is never superseded, so the newest row is the head.
        let statement = try database.cachedStatement(
            sql: "SELECT version, stamp FROM record ORDER BY version DESC LIMIT 1")
        defer { statement.rewind() }
        guard try statement.step(in: database) else { return .zero }
        return LogHead(version: Version(statement.int(at: 0)), stamp: HybridTime(ticks: statement.int(at: 1)))
    }

    /// The newest version whose stamp is not above `stamp`. Stamps grow with versions, so no index is needed.
    func version(at stamp: HybridTime, in database: Database) throws -> Version {
        let head = try head(in: database)
        if head.stamp <= stamp { return head.version }
        let statement = try database.cachedStatement(
            sql: "SELECT version, stamp FROM record WHERE version > ? ORDER BY version LIMIT 1")
        // All records up to `low` have stamps not above, and the first one behind `high` has one above.
        var low: Int64 = 0
        var high = head.version.number - 1
        while low < high {
            let middle = low + (high - low + 1) / 2
            statement.bind(middle - 1, at: 1)
            defer { statement.rewind() }
            _ = try statement.step(in: database)
            // The first record at or behind the middle.
            if statement.int(at: 1) <= stamp.ticks { low = statement.int(at: 0) } else { high = middle - 1 }
        }
        // The record that the stamp is of may be purged.
        let floors = try floors(in: database).values.filter { $0.stamp <= stamp }
        return max(Version(low), floors.map(\.version).max() ?? .zero)
    }

    /// Those records of `keys` that there are.
    func find(_ keys: Set<RecordKey>, in database: Database) throws -> [RecordKey: Record] {
        var records: [RecordKey: Record] = [:]
        var byteCount = 0
        let statement = try database.cachedStatement(sql: Self.finding)
        // In the order of the index, so that neighbours are found on one page.
        for key in keys.sorted(by: { ($0.syncID.high, $0.syncID.low) < ($1.syncID.high, $1.syncID.low) }) {
            guard let model = numbers[key.model] else { continue }
            defer { statement.rewind() }
            statement.bind(key.syncID, at: 1)
            statement.bind(model, at: 2)
            guard try statement.step(in: database) else { continue }
            let record = try record(from: statement, in: database)
            byteCount += record.byteCount
            guard byteCount <= SQLiteStore.maximumLoadedBytes else {
                throw StoreError(.tooLarge, "the records of one commit have more than \(byteCount) bytes")
            }
            records[key] = record
        }
        return records
    }

    /// Writes records, in version order, each in the place of its last write.
    ///
    /// - Parameter stored: those of them that are in the table already.
    func append(_ records: [Record], over stored: [RecordKey: Record], in database: Database) throws {
        let removal = try database.cachedStatement(sql: Self.removal)
        let insertion = try database.cachedStatement(sql: Self.insertion)
        var versions = stored.mapValues(\.version)
        versions.reserveCapacity(versions.count + records.count)
        for record in records {
            if let superseded = versions.updateValue(record.version, forKey: record.key) {
                defer { removal.rewind() }
                removal.bind(superseded.number, at: 1)
                _ = try removal.step(in: database)
            }
            defer { insertion.rewind() }
            try bind(record, to: insertion)
            _ = try insertion.step(in: database)
        }
    }

    /// Writes records of another store's log, in version order, each in the place of its older writes.
    func take(_ records: [Record], in database: Database) throws {
        let removal = try database.cachedStatement(sql: Self.removalOfOlder)
        let insertion = try database.cachedStatement(sql: Self.insertion)
        for record in records {
            defer {
                removal.rewind()
                insertion.rewind()
            }
            removal.bind(record.key.syncID, at: 1)
            removal.bind(numbers[record.key.model] ?? 0, at: 2)
            removal.bind(record.version.number, at: 3)
            _ = try removal.step(in: database)
            try bind(record, to: insertion)
            _ = try insertion.step(in: database)
        }
    }

    private static let removalOfOlder = "DELETE FROM record WHERE sync_id = ? AND model = ? AND version <= ?"
    private static let finding = "SELECT \(columns) FROM record WHERE sync_id = ? AND model = ?"
    static let removal = "DELETE FROM record WHERE version = ?"
    private static let insertion = "INSERT INTO record (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"

    private func bind(_ record: Record, to statement: Statement) throws {
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
        if record.history == .none { statement.bindNull(at: 12) } else { statement.bind(record.history.bytes, at: 12) }
        statement.bind(record.stamp.ticks, at: 13)
        if let parent = record.parent { statement.bind(parent.ticks, at: 14) } else { statement.bindNull(at: 14) }
    }

    /// The query of a page.
    static func sql(for reach: LogQuery.Reach) -> String {
        switch reach {
        case .everything:
            return "SELECT \(columns) FROM record WHERE version > ? AND version <= ? ORDER BY version LIMIT ?"
        case .lanes(let lanes):
            // Each arm is a range of the index in version order; SQLite merges them without sorting.
            let arm = "SELECT \(columns) FROM record WHERE model = ? AND scope = ? AND version > ? AND version <= ?"
            return Array(repeating: arm, count: lanes.count).joined(separator: " UNION ALL ")
                + " ORDER BY version LIMIT ?"
        }
    }

    func page(_ query: LogQuery, in database: Database) throws -> LogPage {
        if case .lanes(let lanes) = query.reach {
            if lanes.isEmpty { return LogPage(records: [], reached: query.upTo) }
            if lanes.count > Self.maximumArms { return try page(query, of: lanes, in: database) }
        }
        // A page has one record at least, or reading would never go on.
        let maximumRecords = max(1, query.maximumRecords)
        let maximumBytes = max(1, query.maximumBytes)
        let statement = try database.cachedStatement(sql: Self.sql(for: query.reach))
        switch query.reach {
        case .everything(let after):
            statement.bind(after.number, at: 1)
            statement.bind(query.upTo.number, at: 2)
            statement.bind(Int64(maximumRecords), at: 3)
        case .lanes(let lanes):
            for (index, lane) in lanes.enumerated() {
                let first = Int32(index * 4)
                statement.bind(numbers[lane.model] ?? 0, at: first + 1)
                statement.bind(lane.scope.key, at: first + 2)
                statement.bind(lane.after.number, at: first + 3)
                statement.bind(query.upTo.number, at: first + 4)
            }
            statement.bind(Int64(maximumRecords), at: Int32(lanes.count * 4) + 1)
        }
        defer { statement.rewind() }
        var records: [Record] = []
        records.reserveCapacity(min(maximumRecords, 512))
        var byteCount = 0
        while byteCount < maximumBytes {
            guard try statement.step(in: database) else {
                let isLast = records.count < maximumRecords
                return LogPage(records: records, reached: isLast ? query.upTo : records[records.count - 1].version)
            }
            let record = try record(from: statement, in: database)
            byteCount += record.byteCount
            records.append(record)
        }
        return LogPage(records: records, reached: records[records.count - 1].version)
    }

    /// A page of more lanes than one query may have: read in parts, and merged.
    private func page(_ query: LogQuery, of lanes: [LogQuery.Lane], in database: Database) throws -> LogPage {
        var records: [Record] = []
        var reached = query.upTo
        for start in stride(from: 0, to: lanes.count, by: Self.maximumArms) {
            let part = lanes[start..<min(start + Self.maximumArms, lanes.count)]
            let page = try page(
                LogQuery(
                    .lanes(Array(part)), upTo: query.upTo, maximumRecords: query.maximumRecords,
                    maximumBytes: query.maximumBytes), in: database)
            records += page.records
            reached = min(reached, page.reached)
        }
        records.sort { $0.version < $1.version }
        var count = 0
        var byteCount = 0
        while count < records.count, records[count].version <= reached {
            byteCount += records[count].byteCount
            count += 1
            if count >= query.maximumRecords || byteCount >= query.maximumBytes {
                reached = records[count - 1].version
            }
        }
        return LogPage(records: Array(records.prefix(count)), reached: reached)
    }

    /// Calls `step` with each record of a selection until it returns false.
    func visit(_ selection: RecordSelection, in database: Database, _ step: (Record) -> Bool) throws {
        let conditions =
            (selection.scope == nil ? "" : " AND scope = ?")
            + String(repeating: " AND instr(fields, ?)", count: selection.members.count)
        let statement = try database.cachedStatement(
            sql: "SELECT \(Self.columns) FROM record WHERE model = ? AND state < 2\(conditions)")
        defer { statement.rewind() }
        statement.bind(numbers[selection.model] ?? 0, at: 1)
        var place: Int32 = 2
        if let scope = selection.scope {
            statement.bind(scope.key, at: place)
            place += 1
        }
        for (index, member) in selection.members.enumerated() { statement.bind(member, at: place + Int32(index)) }
        while try statement.step(in: database) {
            guard step(try record(from: statement, in: database)) else { return }
        }
    }

    private func record(from row: Statement, in database: Database) throws -> Record {
        let version = row.int(at: 0)
        let writerText = row.text(at: 7)
        let writer = writerText.flatMap(UserID.init)
        guard let model = try name(ofModel: row.int(at: 1), in: database), let syncID = row.syncID(at: 2),
            let scope = row.text(at: 3).flatMap(Scope.init(key:)),
            let state = UInt8(exactly: row.int(at: 5)).flatMap(Record.State.init(rawValue:)),
            (writer == nil) == (writerText == nil)
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the record of version \(version) is damaged")
        }
        return Record(
            key: RecordKey(model: model, syncID: syncID), id: row.int(at: 4), version: Version(version),
            stamp: HybridTime(ticks: row.int(at: 12)),
            parent: row.isNull(at: 13) ? nil : HybridTime(ticks: row.int(at: 13)), scope: scope, state: state,
            fields: FieldValues(canonical: row.bytes(at: 10)),
            origin: Record.Origin(writer: writer, base: Version(row.int(at: 6))),
            created: Timestamp(microseconds: row.int(at: 8)), updated: Timestamp(microseconds: row.int(at: 9)),
            history: RecordHistory(stored: row.bytes(at: 11)))
    }

    /// What a model's number stands for; asked of the file where another process has added the model since.
    private func name(ofModel number: Int64, in database: Database) throws -> ModelName? {
        if let name = names[number] { return name }
        let statement = try database.cachedStatement(sql: "SELECT name FROM model WHERE id = ?")
        defer { statement.rewind() }
        statement.bind(number, at: 1)
        return try statement.step(in: database) ? statement.text(at: 0).flatMap { ModelName($0) } : nil
    }
}
