import PulseModel

extension SyncEngine {
    /// Where somebody goes on reading who knows the log up to a stamp.
    package enum Resumption: Sendable {
        case version(Version)
        /// Nowhere: of what it has, something may be deleted that the log does not tell of any more, or it has another
        /// log's.
        case fullResync
    }

    /// - Parameters:
    ///   - stamp: as the client has it.
    ///   - position: where the log ends.
    ///   - models: what is to be read.
    /// - Throws: ``StoreError``.
    package func resumption(
        after stamp: HybridTime, in position: LogPosition, of models: [Model]
    ) async throws(StoreError) -> Resumption {
        var version = position.head
        if stamp < position.stamp {
            version = try await store.version(at: stamp)
        } else if stamp > position.stamp, !GroupPlan.isCredible(stamp, now: clock()) {
            return .fullResync
        }
        return try await hasPurged(models, behind: version) ? .fullResync : .version(version)
    }

    /// Whether of some models tombstones behind a version are gone. Floors rise while somebody reads, so who has read a
    /// page from there asks once more.
    ///
    /// - Throws: ``StoreError``.
    package func hasPurged(_ models: [Model], behind version: Version) async throws(StoreError) -> Bool {
        let floors = try await store.floors()
        return models.contains { version < floors[$0.name]?.version ?? .zero }
    }
}
