import PulseEngine
import PulseModel
import Synchronization

/// Where uploads are judged and kept.
package protocol MergeBench: Sendable {
    func commit(
        _ batch: WriteBatch, _ schema: Schema, _ resolutions: [ModelName: RecordConflict.Resolution]
    ) async throws -> [WriteOutcome]

    func record(_ key: RecordKey) async throws -> Record?
}

/// Over a store, which has to give back what it was given.
struct StoredMerges: MergeBench {
    let store: any ChangeStore

    func commit(
        _ batch: WriteBatch, _ schema: Schema, _ resolutions: [ModelName: RecordConflict.Resolution]
    ) async throws -> [WriteOutcome] {
        try await store.commit(loading: Set(batch.writes.map(\.key))) { head, records in
            let plan = GroupPlan(
                [batch], schema: schema, resolutions: resolutions, head: head, records: records, now: .merging)
            return (plan.changes, plan.outcomes[0])
        }
    }

    func record(_ key: RecordKey) async throws -> Record? { try await store.record(key) }
}

/// By itself: nothing but the judging.
package final class JudgedMerges: MergeBench {
    private let state = Mutex<(head: LogHead, records: [RecordKey: Record])>((.zero, [:]))

    package init() {}

    package func commit(
        _ batch: WriteBatch, _ schema: Schema, _ resolutions: [ModelName: RecordConflict.Resolution] = [:]
    ) -> [WriteOutcome] {
        state.withLock { state in
            let plan = GroupPlan(
                [batch], schema: schema, resolutions: resolutions, head: state.head, records: state.records,
                now: .merging)
            for record in plan.changes {
                state.records[record.key] = record
                state.head = LogHead(version: record.version, stamp: record.stamp)
            }
            return plan.outcomes[0]
        }
    }

    package func record(_ key: RecordKey) -> Record? { state.withLock { $0.records[key] } }

    package var head: Version { state.withLock { $0.head.version } }
}

extension Timestamp {
    static let merging = Timestamp(microseconds: 1_790_000_000_000_000)
}
