import PulseModel

/// Where a store's log ends: the version and the stamp of its newest write.
public struct LogHead: Sendable, Hashable {
    /// ``Version/zero`` in an empty store.
    public let version: Version
    /// ``HybridTime/zero`` in an empty store.
    public let stamp: HybridTime

    public init(version: Version, stamp: HybridTime) {
        self.version = version
        self.stamp = stamp
    }

    public static let zero = LogHead(version: .zero, stamp: .zero)
}

/// Where a store's log ends, and which log that is.
public struct LogPosition: Sendable, Hashable {
    /// Made at random with the store, and the same for as long as the store keeps this log.
    public let epoch: Epoch
    /// The newest version, or ``Version/zero`` in an empty store.
    public let head: Version
    /// Its stamp, or ``HybridTime/zero``.
    public let stamp: HybridTime

    public init(epoch: Epoch, head: LogHead) {
        self.epoch = epoch
        self.head = head.version
        stamp = head.stamp
    }
}
