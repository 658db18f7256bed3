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

/// What a worker signs with what only the workers of the same store are to read again: a random number that a store makes
/// for itself and shows no client.
public struct LogSecret: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func random() -> LogSecret {
        LogSecret(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }
}

/// Where a store's log ends, and which log that is.
public struct LogPosition: Sendable, Hashable {
    /// Made at random with the store, and the same for as long as the store keeps this log.
    public let epoch: Epoch
    /// The newest version, or ``Version/zero`` in an empty store.
    public let head: Version
    /// Its stamp, or ``HybridTime/zero``.
    public let stamp: HybridTime
    /// Kept with the epoch.
    public let secret: LogSecret

    public init(epoch: Epoch, head: LogHead, secret: LogSecret) {
        self.epoch = epoch
        self.secret = secret
        self.head = head.version
        stamp = head.stamp
    }
}
