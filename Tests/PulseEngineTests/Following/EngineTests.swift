import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseSQLite
import Synchronization
import Testing

/// A worker's engine over a real store.
@Suite struct EngineTests {
    private let store: OtherStore

    init() throws {
        let path = NSTemporaryDirectory() + "pulse-engine-\(UUID().uuidString).sqlite"
        store = OtherStore(try SQLiteStore(path: path, schema: Fixture.schema), path: path)
    }

    private func engine(bus: any ChangeBus = LocalBus()) async throws -> SyncEngine {
        var configuration = SyncEngine.Configuration()
        configuration.headCheckInterval = .milliseconds(20)
        return try await SyncEngine(
            schema: Fixture.schema, store: store, bus: bus, eventLoops: [], configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test(.timeLimit(.minutes(1))) func aWorkerWhoseStoreIsReplacedEnds() async throws {
        let engine = try await engine()
        let running = Task { try await engine.run() }
        store.epochOfAnother.withLock { $0 = .random() }
        let error = await #expect(throws: StoreError.self) { try await running.value }
        #expect(error?.code == .unusable)
        #expect(error?.message.contains("replaced") == true)
    }

    @Test(.timeLimit(.minutes(1))) func aWorkerWhoseStoreIsSetBackEnds() async throws {
        let engine = try await engine()
        let running = Task { try await engine.run() }
        try await engine.records.create(Fixture.task.name, in: .ann, ["title": .string("A")])
        while engine.report().sequencer.received == 0 { await Task.yield() }
        store.headOfAnother.withLock { $0 = .zero }
        let error = await #expect(throws: StoreError.self) { try await running.value }
        #expect(error?.message.contains("set back") == true)
    }

    @Test(.timeLimit(.minutes(1))) func aWorkerThatIsToldToStopEndsWithoutAnError() async throws {
        let engine = try await engine()
        let running = Task { try await engine.run() }
        running.cancel()
        try await running.value
    }

    @Test(.timeLimit(.minutes(1))) func whatIsWrittenPastTheBusIsFound() async throws {
        let (writer, reader) = (try await engine(), try await engine())
        let running = Task { try await reader.run() }
        try await writer.records.create(Fixture.task.name, in: .ann, ["title": .string("A")])
        while reader.report().sequencer.healed[.headCheck] == nil { await Task.yield() }
        running.cancel()
        try await running.value
    }
}

/// A store that can be told to look like another one.
private final class OtherStore: ChangeStore {
    let epochOfAnother = Mutex<Epoch?>(nil)
    let headOfAnother = Mutex<Version?>(nil)
    private let store: SQLiteStore
    private let path: String

    init(_ store: SQLiteStore, path: String) {
        self.store = store
        self.path = path
    }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    func position() async throws(StoreError) -> LogPosition {
        let position = try await store.position()
        return LogPosition(
            epoch: epochOfAnother.withLock(\.self) ?? position.epoch,
            head: LogHead(version: headOfAnother.withLock(\.self) ?? position.head, stamp: position.stamp),
            secret: position.secret)
    }

    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }

    func head() async throws(StoreError) -> Version {
        if let head = headOfAnother.withLock(\.self) { return head }
        return try await store.head()
    }

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide: @escaping @Sendable (LogHead, [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        try await store.commit(loading: keys, deciding: decide)
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version { try await store.version(at: stamp) }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage { try await store.read(query) }
    func record(_ key: RecordKey) async throws(StoreError) -> Record? { try await store.record(key) }
}
