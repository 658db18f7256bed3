/// What a client may send at most (protocol section "Limits").
public struct WireLimits: Sendable, Hashable {
    /// Bytes of one message, all its fragments together.
    public var maximumMessageBytes = 1 << 20
    /// Items of one `SYNC_BATCH_UPLOAD`.
    public var maximumBatchItems = 1_000
    /// Levels of arrays and objects in one message.
    public var maximumDepth = 32

    /// Bytes of one string, key or number in a message.
    public var maximumScalarBytes = 1 << 18
    /// Keys of one object in a message.
    public var maximumKeys = 10_000

    public init() {}
}
