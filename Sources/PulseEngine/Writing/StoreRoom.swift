/// Whether there is room in the store for more. A pure value.
///
/// At a limit only deletes are still taken. A quarter beyond it, or with a quarter of the reserve left, nothing is: soft
/// deletes grow the store, too. Other writes are taken again when it is 5 % within its limits.
package struct StoreRoom {
    /// What is taken.
    package enum Level: Int, Sendable {
        case everything, deletes, nothing
    }

    private let limits: StoreLimits
    package private(set) var level = Level.everything
    /// What was measured last; nil before.
    package private(set) var size: StoreSize?

    package init(_ limits: StoreLimits) {
        self.limits = limits
    }

    package mutating func measured(_ size: StoreSize) {
        self.size = size
        level = max(levelOfUse(size.usedBytes), size.freeBytes.map(levelOfDisk) ?? .everything)
    }

    private func levelOfUse(_ used: Int) -> Level {
        let limit = limits.bytes
        guard limit > 0 else { return .everything }
        if used >= limit + limit / 4 { return .nothing }
        return used >= (level == .everything ? limit : limit - limit / 20) ? .deletes : .everything
    }

    private func levelOfDisk(_ free: Int) -> Level {
        let reserve = limits.freeBytes
        guard reserve > 0 else { return .everything }
        if free < reserve / 4 { return .nothing }
        return free < (level == .everything ? reserve : reserve + reserve / 20) ? .deletes : .everything
    }
}

/// When a store is full.
public struct StoreLimits: Sendable, Hashable {
    /// Bytes that it may use; 0 for no limit.
    public var bytes = 0
    /// Bytes that must be left on its disk, where it is on this machine; 0 for none.
    public var freeBytes = 256 << 20

    public init() {}
}

extension StoreRoom.Level: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension WriteBatch {
    /// Whether it is of the server's own records, such as revocations: whoever fills a store must not be safe by that.
    var isOfTheServerItself: Bool {
        writes.allSatisfy(\.key.model.isReserved)
    }

    /// Whether it only deletes, softly or for good.
    package var onlyDeletes: Bool {
        writes.allSatisfy(\.isDelete)
    }
}
