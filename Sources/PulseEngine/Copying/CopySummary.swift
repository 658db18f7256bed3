/// What a completed copy holds.
public struct CopySummary: Sendable, Hashable {
    public let recordCount: Int
    /// How many models, and how many scopes, have records.
    public let modelCount: Int
    public let scopeCount: Int

    init(_ digest: LogDigest) {
        recordCount = digest.parts.values.reduce(0) { $0 + $1.count }
        modelCount = Set(digest.parts.keys.map(\.model)).count
        scopeCount = Set(digest.parts.keys.map(\.scope)).count
    }
}
