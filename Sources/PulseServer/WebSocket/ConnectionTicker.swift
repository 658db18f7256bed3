import NIOCore

/// Something with a deadline that a ``ConnectionTicker`` looks after.
protocol TickerMember: AnyObject {
    /// Where the ticker keeps this member. The ticker's own; nil while it keeps it nowhere.
    var tickerPlace: ConnectionTicker.Place? { get set }

    /// The deadline asked for has come, or the wheel's horizon. Returns the next one, or nil to leave the ticker.
    func tick(now: NIODeadline) -> NIODeadline?
}

/// One timer for all connections of an event loop: a wheel of slots, each the connections to look at in that tick.
///
/// It costs a connection one array element instead of a scheduled task, and moving or cancelling a deadline is O(1).
/// Sendable by confinement: the guard is its event loop, on which every method must be called.
final class ConnectionTicker: @unchecked Sendable {
    /// A slot and the index in it.
    struct Place {
        var slot: Int
        var index: Int
    }

    private static let tickLength: TimeAmount = .milliseconds(250)
    private static let slotCount = 128

    private let eventLoop: any EventLoop
    private var slots: [[any TickerMember]] = Array(repeating: [], count: slotCount)
    private var current = 0
    private var memberCount = 0
    private var timer: RepeatedTask?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Looks at `member` at `deadline`, up to a tick later; instead of what was asked for before.
    func schedule(_ member: some TickerMember, at deadline: NIODeadline) {
        self.cancel(member)
        self.insert(member, at: deadline, now: .now())
        guard self.timer == nil else { return }
        self.timer = self.eventLoop.scheduleRepeatedTask(
            initialDelay: Self.tickLength, delay: Self.tickLength
        ) { [weak self] _ in self?.tick() }
    }

    /// Forgets `member`.
    func cancel(_ member: some TickerMember) {
        guard let place = member.tickerPlace else { return }
        member.tickerPlace = nil
        self.memberCount -= 1
        let last = self.slots[place.slot].removeLast()
        guard place.index < self.slots[place.slot].count else { return }
        self.slots[place.slot][place.index] = last
        last.tickerPlace = place
    }

    private func insert(_ member: any TickerMember, at deadline: NIODeadline, now: NIODeadline) {
        let ticks = max(deadline - now, .zero).nanoseconds / Self.tickLength.nanoseconds + 1
        let slot = (self.current + min(Int(ticks), Self.slotCount - 1)) % Self.slotCount
        member.tickerPlace = Place(slot: slot, index: self.slots[slot].count)
        self.slots[slot].append(member)
        self.memberCount += 1
    }

    private func tick() {
        self.current = (self.current + 1) % Self.slotCount
        let now = NIODeadline.now()
        // One at a time from the slot itself, because a member may cancel another one of the same slot.
        while let member = self.slots[self.current].popLast() {
            member.tickerPlace = nil
            self.memberCount -= 1
            // A member may have scheduled itself anew within its tick: then that stands.
            if let next = member.tick(now: now), member.tickerPlace == nil {
                self.insert(member, at: next, now: now)
            }
        }
        self.slots[self.current] = []
        if self.memberCount == 0 {
            self.timer?.cancel()
            self.timer = nil
        }
    }
}

extension TimeAmount {
    fileprivate static var zero: TimeAmount { .nanoseconds(0) }
}
