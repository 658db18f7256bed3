import Foundation
import GRDB
import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Testing

/// A directory for one test, removed at its end.
final class Directory: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("pulse-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // Connections that are just being closed remove files of their own, which makes a removal stop half-way.
        for _ in 0..<100 where FileManager.default.fileExists(atPath: path) {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    var file: String { path + "/store.db" }

    /// Another program's connection to the file.
    func connection() throws -> DatabaseQueue { try DatabaseQueue(path: file) }

    func execute(_ sql: String) throws {
        try connection().inDatabase { try $0.execute(sql: sql) }
    }

    /// Takes back what formats added, the newest first.
    private static let setbacks = [
        "ALTER TABLE log DROP COLUMN secret",
        "ALTER TABLE model DROP COLUMN schemaless; DROP INDEX record_tombstone; DROP TABLE floor",
        "ALTER TABLE record DROP COLUMN stamp; ALTER TABLE record DROP COLUMN parent",
        "ALTER TABLE record DROP COLUMN history",
        "DROP TABLE log",
        "DROP TABLE unfinished_copy",
    ]

    /// The newest format there is.
    static let format = setbacks.count + 1

    /// Makes the file one of a former format.
    func setBack(to format: Int) throws {
        for sql in Self.setbacks.prefix(Self.format - format) { try execute(sql) }
        try execute("PRAGMA user_version = \(format)")
    }

    func strings(_ sql: String) throws -> [String] {
        try connection().inDatabase { try String.fetchAll($0, sql: sql) }
    }

    func store(_ schema: Schema = StoreConformance.schema, patience: Duration = .seconds(5)) throws -> SQLiteStore {
        try SQLiteStore(path: file, schema: schema, patience: patience)
    }

    func store(at path: String) throws -> SQLiteStore {
        try SQLiteStore(path: path, schema: StoreConformance.schema)
    }

    /// Why the file cannot be opened.
    func refusal(
        _ schema: Schema = StoreConformance.schema, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> StoreError {
        try #require(throws: StoreError.self, sourceLocation: sourceLocation) {
            try store(schema, patience: .milliseconds(50))
        }
    }
}

extension PulseModel.Record {
    /// A record of the model `task`.
    static func task(_ number: Int, version: Int64, title: String = "t", user: String = "1") -> PulseModel.Record {
        PulseModel.Record(
            key: RecordKey(model: ModelName("task")!, syncID: SyncID(high: 1, low: UInt64(number))), id: version,
            version: Version(version), scope: .user(UserID(user)!), state: .live,
            fields: FieldValues(canonical: Array("\"title\":\"\(title)\"".utf8)),
            origin: .init(writer: nil, base: .zero),
            created: Timestamp(microseconds: 1), updated: Timestamp(microseconds: 2))
    }
}

extension SQLiteStore {
    /// Commits records at the versions behind the head.
    @discardableResult
    func append(_ numbers: ClosedRange<Int>, title: String = "t") async throws(StoreError) -> [PulseModel.Record] {
        try await commit(loading: []) { head, _ in
            let records = numbers.map { number in
                PulseModel.Record.task(
                    number, version: head.version.number + Int64(number - numbers.lowerBound) + 1, title: title)
            }
            return (records, records)
        }
    }

    func log() async throws(StoreError) -> [PulseModel.Record] {
        try await read(
            LogQuery(.everything(after: .zero), upTo: head(), maximumRecords: 10_000, maximumBytes: 1 << 30)
        ).records
    }
}
