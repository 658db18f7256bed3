import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseSQLite

/// A worker's engine over a file of its own.
final class TestEngine: Sendable {
    let engine: SyncEngine
    let store: SQLiteStore
    private let path: String

    /// - Parameter path: a file that another engine uses, too; nil for a new one, which is removed at the end.
    init(hooks: [ModelName: ModelHooks] = [:], schema: Schema = Fixture.schema) async throws {
        path = NSTemporaryDirectory() + "pulse-engine-\(UUID().uuidString).sqlite"
        store = try SQLiteStore(path: path, schema: schema)
        engine = try await Self.engine(over: store, hooks: hooks, schema: schema)
    }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    var records: Records { engine.records }

    /// Another worker on the same file.
    func another() async throws -> SyncEngine {
        try await Self.engine(over: store, hooks: [:], schema: engine.schema)
    }

    private static func engine(
        over store: SQLiteStore, hooks: [ModelName: ModelHooks], schema: Schema
    ) async throws -> SyncEngine {
        var configuration = SyncEngine.Configuration()
        configuration.headCheckInterval = .milliseconds(20)
        return try await SyncEngine(
            schema: schema, hooks: hooks, store: store, eventLoops: [], configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}
