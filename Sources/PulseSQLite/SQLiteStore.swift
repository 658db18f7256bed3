import Foundation
import GRDB
import PulseEngine
import PulseModel
import Synchronization

/// The log in one SQLite file: the store that needs no server.
///
/// The file is in WAL mode with `synchronous=FULL`: what is acked is on the disk. One connection writes, a few
/// threads with a connection each read. Several processes may share the file.
public final class SQLiteStore: ChangeStore {
    /// Threads that read at the same time; what more is asked for waits in line.
    public static let readerCount = 3

    let path: String
    let writer: DatabaseQueue
    private let writing: ConnectionExecutor
    private let readers: [DatabaseQueue]
    /// For what may take long: it must not keep pages waiting.
    let scanner: DatabaseQueue
    private let turn = Atomic(0)
    /// Changes only when the models of another store come with its log.
    let currentTable: Mutex<RecordTable>

    /// Opens the file, or makes it, and brings it to today's format.
    ///
    /// - Parameter patience: how long to wait for other processes that hold the file locked.
    /// - Throws: ``StoreError`` when the file cannot be used, saying why and what to do.
    public convenience init(path: String, schema: Schema, patience: Duration = .seconds(5)) throws(StoreError) {
        try self.init(path: path, for: schema, patience)
    }

    /// - Parameter schema: nil to copy from the file or to it.
    init(path: String, for schema: Schema?, _ patience: Duration) throws(StoreError) {
        self.path = path
        do {
            let writer = try DatabaseQueue(path: path, configuration: Self.configuration(patience, readOnly: false))
            self.writer = writer
            writing = ConnectionExecutor(writer)
            let table = try writer.inDatabase { database in
                // What a crashed process left in the WAL counts as stored from here on, so it must be on the disk.
                defer { _ = try? database.checkpoint(.passive) }
                return try database.inImmediateTransaction {
                    (try Format.prepare(database, for: schema, path: path), .commit)
                }
            }
            currentTable = Mutex(table)
            let openReader = {
                try DatabaseQueue(path: path, configuration: Self.configuration(patience, readOnly: true))
            }
            readers = try (0..<Self.readerCount).map { _ in try openReader() }
            scanner = try openReader()
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(opening: path, error)
        }
    }

    private static func configuration(_ patience: Duration, readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        // Nothing but this file's own code writes the references, and they would be looked up for every record.
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.prepareDatabase { database in
            if !readOnly { try database.execute(sql: "PRAGMA journal_mode = WAL") }
            // After WAL, which may lower it: an ack promises that a power cut loses nothing.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // In KiB. Readers pass over pages once; the writer comes back to those of its indexes.
            try database.execute(sql: "PRAGMA cache_size = \(readOnly ? -2048 : -32768)")
            // Random sync ids touch the same index pages again and again: a longer WAL writes each of them back once. In
            // pages, so 64 MiB.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 16000")
            if readOnly { try database.execute(sql: "PRAGMA query_only = 1") }
        }
        return configuration
    }

    public var writingExecutor: (any TaskExecutor)? { writing }

    /// A page is read by this process itself. One processor is left to uploads and news.
    public var pagesAtOnce: Int { min(Self.readerCount, max(1, ProcessInfo.processInfo.activeProcessorCount - 1)) }

    public func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide:
            @escaping @Sendable (LogHead, [RecordKey: PulseModel.Record]) -> (changes: [PulseModel.Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        let table = table
        return try await perform(on: writer) { database in
            try database.inImmediateTransaction {
                let records = try table.find(keys, in: database)
                let (changes, outcome) = decide(try table.head(in: database), records)
                try table.append(changes, over: records, in: database)
                return (outcome, changes.isEmpty ? .rollback : .commit)
            }
        }
    }

    public func read(_ query: LogQuery) async throws(StoreError) -> LogPage {
        let table = table
        return try await perform(on: nextReader) { database in
            // Else a page would say that it reaches what is not there yet.
            guard try table.head(in: database).version >= query.upTo else {
                throw StoreError(.unavailable, "the log does not reach version \(query.upTo)")
            }
            return try table.page(query, in: database)
        }
    }

    public func version(at stamp: HybridTime) async throws(StoreError) -> Version {
        let table = table
        return try await perform(on: nextReader) { try table.version(at: stamp, in: $0) }
    }

    public func head() async throws(StoreError) -> Version {
        let table = table
        return try await perform(on: nextReader) { try table.head(in: $0).version }
    }

    public func position() async throws(StoreError) -> LogPosition {
        let table = table
        return try await perform(on: nextReader) { database in
            let log = try Format.log(in: database)
            return LogPosition(epoch: log.epoch, head: try table.head(in: database), secret: log.secret)
        }
    }

    public func record(_ key: RecordKey) async throws(StoreError) -> PulseModel.Record? {
        let table = table
        return try await perform(on: nextReader) { try table.find([key], in: $0)[key] }
    }

    public func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, PulseModel.Record) -> Bool
    ) async throws(StoreError) -> Result {
        let table = table
        return try await perform(on: scanner) { database in
            var result = initial
            // One statement reads one snapshot.
            try table.visit(selection, in: database) { step(&result, $0) }
            return result
        }
    }

    var table: RecordTable { currentTable.withLock { $0 } }

    var nextReader: DatabaseQueue {
        readers[turn.wrappingAdd(1, ordering: .relaxed).newValue % readers.count]
    }

    /// Runs `work` on the queue's own thread.
    func perform<Value: Sendable>(
        on queue: DatabaseQueue, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    returning: Result { try work(database) }.mapError { StoreError($0) })
            }
        }
        return try result.get()
    }

    /// The query that reads a page, for tests to look at its plan.
    package static func sql(for reach: LogQuery.Reach) -> String {
        RecordTable.sql(for: reach)
    }

    /// The value of a pragma as the writing connection has it.
    package func pragma(_ name: String) throws -> String? {
        try writer.inDatabase { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }
}
