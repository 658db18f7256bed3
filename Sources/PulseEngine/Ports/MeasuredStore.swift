/// A store that knows how large it is.
public protocol MeasuredStore: ChangeStore {
    /// Asked for every few seconds.
    ///
    /// - Throws: ``StoreError``.
    func size() async throws(StoreError) -> StoreSize
}

/// The room that a store takes, and may still take.
public struct StoreSize: Sendable, Hashable {
    /// Bytes of records and indexes, without what was freed and will be used again.
    public let usedBytes: Int
    /// Bytes that are left where the store lies; nil where it cannot know.
    public let freeBytes: Int?

    public init(usedBytes: Int, freeBytes: Int? = nil) {
        self.usedBytes = usedBytes
        self.freeBytes = freeBytes
    }
}
