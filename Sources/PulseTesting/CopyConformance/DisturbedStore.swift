import PulseEngine
import PulseModel

/// A store whose part in a copy a test can disturb.
struct DisturbedStore: CopyableStore {
    typealias Head = @Sendable (any CopyableStore) async throws(StoreError) -> Version
    typealias Take = @Sendable (LogPage, any CopyableStore) async throws(StoreError) -> Void

    let store: any CopyableStore
    var onHead: Head = { store throws(StoreError) in try await store.head() }
    var onTake: Take = { page, store throws(StoreError) in try await store.take(page) }

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide:
            @escaping @Sendable (_ head: LogHead, _ records: [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        try await store.commit(loading: keys, deciding: decide)
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version { try await store.version(at: stamp) }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage { try await store.read(query) }

    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }

    func head() async throws(StoreError) -> Version { try await onHead(store) }

    func position() async throws(StoreError) -> LogPosition { try await store.position() }

    func record(_ key: RecordKey) async throws(StoreError) -> Record? { try await store.record(key) }

    func history() async throws(StoreError) -> SchemaHistory { try await store.history() }

    func beginCopy(of history: SchemaHistory, from source: String) async throws(StoreError) -> Version {
        try await store.beginCopy(of: history, from: source)
    }

    func take(_ page: LogPage) async throws(StoreError) { try await onTake(page, store) }

    func floors() async throws(StoreError) -> [ModelName: LogHead] { try await store.floors() }

    func endCopy(at floors: [ModelName: LogHead]) async throws(StoreError) { try await store.endCopy(at: floors) }
}
