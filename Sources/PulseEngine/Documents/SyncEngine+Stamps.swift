import PulseModel

extension SyncEngine {
    /// Where somebody goes on reading who knows the log up to a stamp, unless ``hasPurged(_:behind:)``.
    ///
    /// - Parameters:
    ///   - stamp: as the client has it.
    ///   - position: where the log ends.
    /// - Returns: nil where the stamp is another log's.
    /// - Throws: ``StoreError``.
    package func resumption(
        after stamp: HybridTime, in position: LogPosition
    ) async throws(StoreError) -> Version? {
        if stamp < position.stamp { return try await store.version(at: stamp) }
        return stamp == position.stamp || GroupPlan.isCredible(stamp, now: clock()) ? position.head : nil
    }

    /// Whether of some models tombstones behind a version are gone: then who goes on from there may have what is deleted.
    /// Floors rise while somebody reads, so who reads a page asks behind it.
    ///
    /// - Throws: ``StoreError``.
    package func hasPurged(_ models: [Model], behind version: Version) async throws(StoreError) -> Bool {
        let floors = try await store.floors()
        return models.contains { version < floors[$0.name]?.version ?? .zero }
    }
}
