import NIOCore

/// When the requests of one connection are meant to be sent.
///
/// In a closed loop that is whenever there is room for one. In an open loop the clock alone says it, whether or not the
/// server keeps up: a request that had to wait for room keeps its intended time, and is charged with the wait.
package struct Pacing: Sendable {
    /// Where an open loop's requests are due; nil for a closed loop.
    private let grid: (start: NIODeadline, nanoseconds: Double)?
    private var taken = 0
    private var end: NIODeadline

    private init(grid: (start: NIODeadline, nanoseconds: Double)?, until end: NIODeadline) {
        self.grid = grid
        self.end = end
    }

    package static func closed(until end: NIODeadline = .distantFuture) -> Pacing { Pacing(grid: nil, until: end) }

    /// The share of one of `count` connections that together send `rate` requests a second, evenly spread.
    package static func open(
        perSecond rate: Double, connection index: Int, of count: Int, from start: NIODeadline, until end: NIODeadline
    ) -> Pacing {
        let offset = TimeAmount.nanoseconds(Int64(1e9 * Double(index) / rate))
        return Pacing(grid: (start + offset, 1e9 * Double(count) / rate), until: end)
    }

    /// When the next request is due; nil in a closed loop, and when there is none any more.
    package var nextDue: NIODeadline? {
        guard let grid else { return nil }
        let due = grid.start + .nanoseconds(Int64(Double(taken) * grid.nanoseconds))
        return due < end ? due : nil
    }

    /// The intended time of a request that may be sent now, which is then taken; nil when there is none.
    package mutating func next(at now: NIODeadline) -> NIODeadline? {
        guard grid != nil else { return now < end ? now : nil }
        guard let due = nextDue, due <= now else { return nil }
        taken += 1
        return due
    }

    /// Nothing is due from `end` on.
    package mutating func stop(at end: NIODeadline) {
        self.end = min(self.end, end)
    }
}
