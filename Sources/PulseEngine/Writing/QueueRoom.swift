/// How much a write queue holds, and who waits before it. A pure value.
///
/// From half of the most that it may hold the queue is *full*: clients that have more are kept waiting, so that they are
/// not read from. Once it has drained to a quarter they come in, in order, as many as fill it up again; who comes
/// meanwhile stands behind them.
package struct QueueRoom {
    package typealias Ticket = WaitingLine<Guest>.Ticket

    /// Whoever waits with something of about this size.
    package struct Guest: Sendable {
        package let load: Load
        package let enter: @Sendable () -> Void

        package init(_ load: Load, enter: @escaping @Sendable () -> Void) {
            self.load = load
            self.enter = enter
        }

        /// - Parameter byteCount: of a message with writes, none of which has less than 48 bytes.
        package init(message byteCount: Int, enter: @escaping @Sendable () -> Void) {
            self.init(Load(writes: byteCount / 48 + 1, bytes: byteCount), enter: enter)
        }
    }

    /// An amount of writes.
    package struct Load: Sendable, Equatable {
        package var writes: Int
        package var bytes: Int

        package init(writes: Int = 0, bytes: Int = 0) {
            self.writes = writes
            self.bytes = bytes
        }

        package static func += (left: inout Load, right: Load) {
            left.writes += right.writes
            left.bytes += right.bytes
        }

        package static func -= (left: inout Load, right: Load) {
            left.writes -= right.writes
            left.bytes -= right.bytes
        }
    }

    /// Parts of what the queue may hold.
    private enum Share: Int {
        case half = 2
        case quarter = 4
    }

    private let limits: QueueLimits
    /// What the queue holds.
    package private(set) var held = Load()
    /// What those will bring who were let in and have not come yet.
    private var expected: [Ticket: Load] = [:]
    private var expectedLoad = Load()
    private var line = WaitingLine<Guest>()
    private var isFull = false
    private var isOpenToAll = false

    package init(_ limits: QueueLimits) {
        self.limits = limits
    }

    /// How many wait.
    package var guestCount: Int { line.count }

    /// Whether so much may be put into the queue. When it is empty, anything may.
    package func fits(_ load: Load) -> Bool {
        held == Load() || held.writes + load.writes <= limits.writes && held.bytes + load.bytes <= limits.bytes
    }

    /// So much was put into the queue.
    package mutating func add(_ load: Load) {
        held += load
        if hasReached(.half) { isFull = !isOpenToAll }
    }

    /// So much was taken out of the queue.
    ///
    /// - Returns: who may enter now.
    package mutating func remove(_ load: Load) -> [Guest] {
        held -= load
        return admit()
    }

    /// - Returns: a ticket for whoever must wait; nil where there is room.
    package mutating func wait(_ guest: Guest) -> Ticket? {
        isFull ? line.append(guest) : nil
    }

    /// A guest has put in what it had, or goes away.
    ///
    /// - Returns: who may enter now.
    package mutating func release(_ ticket: Ticket) -> [Guest] {
        if let load = expected.removeValue(forKey: ticket) { expectedLoad -= load } else { _ = line.remove(ticket) }
        return admit()
    }

    /// Lets everybody in, now and later: the queue takes nothing more, and will tell them so.
    package mutating func openToAll() -> [Guest] {
        isOpenToAll = true
        isFull = false
        var guests: [Guest] = []
        while let (_, guest) = line.popFirst() { guests.append(guest) }
        return guests
    }

    private mutating func admit() -> [Guest] {
        guard isFull, !hasReached(.quarter) else { return [] }
        var guests: [Guest] = []
        while !hasReached(.half), let (ticket, guest) = line.popFirst() {
            expected[ticket] = guest.load
            expectedLoad += guest.load
            guests.append(guest)
        }
        isFull = !line.isEmpty
        return guests
    }

    /// Whether what is there and what is expected comes to this part of what may be there.
    private func hasReached(_ share: Share) -> Bool {
        held.writes + expectedLoad.writes >= max(1, limits.writes / share.rawValue)
            || held.bytes + expectedLoad.bytes >= max(1, limits.bytes / share.rawValue)
    }
}

/// What may wait in a ``WriteQueue`` at most. From half of it clients are not read from.
public struct QueueLimits: Sendable, Hashable {
    /// Single writes, in all batches together.
    public var writes = 100_000
    /// Bytes of their values.
    public var bytes = 64 << 20

    public init() {}
}
