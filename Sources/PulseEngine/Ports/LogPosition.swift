import PulseModel

/// Where a store's log ends, and which log that is.
public struct LogPosition: Sendable, Hashable {
    /// Made at random with the store, and the same for as long as the store keeps this log.
    public let epoch: Epoch
    /// The newest version, or ``Version/zero`` in an empty store.
    public let head: Version

    public init(epoch: Epoch, head: Version) {
        self.epoch = epoch
        self.head = head
    }
}
