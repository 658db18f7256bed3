import PulseEngine
import PulseModel

/// A good store with one defect in its part of a copy, to see whether the conformance suite notices.
struct DefectiveTarget: CopyableStore {
    enum Defect: String, CaseIterable {
        case servesUnfinished, neverEnds, isASourceUnfinished, takesOverOtherSources, takesOverOtherRecords
        case forgetsFields, skipsAVersionAfterAStop, losesTombstones, keepsOlderWrites, refusesAPageAgain
        case headLagsBehind, losesFloors
    }

    let store: any CopyableStore
    let defect: Defect

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide:
            @escaping @Sendable (LogHead, [RecordKey: PulseModel.Record]) -> (changes: [PulseModel.Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        try await store.commit(loading: keys, deciding: decide)
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version { try await store.version(at: stamp) }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage { try await store.read(query) }

    func record(_ key: RecordKey) async throws(StoreError) -> PulseModel.Record? { try await store.record(key) }

    func position() async throws(StoreError) -> LogPosition { try await store.position() }

    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }

    func head() async throws(StoreError) -> Version {
        let head = try await store.head()
        return defect == .headLagsBehind ? Version(max(0, head.number - 1)) : head
    }

    func history() async throws(StoreError) -> SchemaHistory {
        do {
            return try await store.history()
        } catch  where defect == .isASourceUnfinished {
            return SchemaHistory([:])
        }
    }

    func beginCopy(of history: SchemaHistory, from source: String) async throws(StoreError) -> Version {
        var history = history
        if defect == .forgetsFields {
            history = SchemaHistory(history.models.mapValues { .init(audience: $0.audience, fields: [:]) })
        }
        do {
            let reached = try await store.beginCopy(of: history, from: source)
            return defect == .skipsAVersionAfterAStop && reached > .zero ? reached.next : reached
        } catch
            where defect == .takesOverOtherSources && error.message.contains("unfinished")
            || defect == .takesOverOtherRecords && error.message.contains("records")
        {
            return try await store.head()
        }
    }

    func take(_ page: LogPage) async throws(StoreError) {
        var records: [PulseModel.Record] = []
        for record in page.records {
            if defect == .losesTombstones, record.state == .erased { continue }
            if defect == .keepsOlderWrites, try await store.record(record.key) != nil { continue }
            records.append(record)
        }
        if defect == .refusesAPageAgain, let first = records.first, first.version <= (try await store.head()) {
            throw StoreError(.unusable, "the page is there already")
        }
        try await store.take(LogPage(records: records, reached: page.reached))
    }

    func floors() async throws(StoreError) -> [ModelName: LogHead] { try await store.floors() }

    func endCopy(at floors: [ModelName: LogHead]) async throws(StoreError) {
        if defect != .neverEnds { try await store.endCopy(at: defect == .losesFloors ? [:] : floors) }
    }
}
