/// How a model's records reach clients that have been away for long (`Protocol/offline-sync.yaml`).
public struct SynchronizationRules: Sendable, Hashable {
    /// Whether clients of the HTTP API may ask for all records at once.
    public var allowsFullResync: Bool
    /// For how many days the log tells of what was deleted; nil for ever. A client that was away for longer has to begin
    /// anew, which clients of the pulse protocol cannot be told.
    public var retentionDays: Int?

    public init(allowsFullResync: Bool = true, retentionDays: Int? = nil) {
        self.allowsFullResync = allowsFullResync
        self.retentionDays = retentionDays
    }

    /// What holds for documents where nothing else is said.
    public static let documents = SynchronizationRules(retentionDays: 30)

    /// - Throws: ``SchemaError`` when the retention is out of range.
    package func check() throws(SchemaError) {
        guard let retentionDays, !(1...36_500).contains(retentionDays) else { return }
        throw SchemaError("tombstones are kept for 1 to 36500 days, or for ever")
    }
}
