import NIOCore

/// How often each address may come: so many times a second, and as many at once. A pure value.
///
/// Each address has a bucket, which is full again after a second. Buckets stand in two tables, of which the older one is
/// forgotten when a second has gone by, or the newer one is full: what was forgotten was full, but where more addresses
/// came in a second than a table holds.
package struct HandshakeRates: Sendable {
    private static let second: Int64 = 1_000_000_000

    private let cost: Int64
    private let capacity: Int
    /// When the bucket of an address will be full, in nanoseconds.
    private var newer: [IPAddress: Int64] = [:]
    private var older: [IPAddress: Int64] = [:]
    private var turned: Int64 = 0

    /// - Parameter capacity: Addresses in one table.
    package init(perSecond: Int, capacity: Int = 1 << 16) {
        self.cost = Self.second / Int64(perSecond)
        self.capacity = capacity
    }

    /// Addresses that are remembered.
    package var count: Int { self.newer.count + self.older.count }

    /// Whether the address may come now.
    package mutating func take(_ address: IPAddress, now: NIODeadline) -> Bool {
        let now = Int64(clamping: now.uptimeNanoseconds)
        if now - self.turned >= Self.second || self.newer.count >= self.capacity { self.turn(now) }
        let full = max(self.newer[address] ?? self.older[address] ?? now, now) + self.cost
        guard full <= now + Self.second else { return false }
        self.newer[address] = full
        return true
    }

    private mutating func turn(_ now: Int64) {
        self.older = now - self.turned < 2 * Self.second ? self.newer : [:]
        self.newer = [:]
        self.turned = now
    }
}
