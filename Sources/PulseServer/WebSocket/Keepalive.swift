import NIOCore

/// Decides when to ping a peer and when to give it up. A pure value: the clock and the socket's state are parameters.
///
/// A peer is given up when, for the silence limit, nothing came from it and none of what waits for it was taken. Only
/// what waits counts: an idle dead peer's system still takes a ping now and then, and that proves nothing.
package struct Keepalive: Sendable {
    package enum Verdict: Equatable, Sendable {
        case wait
        case ping
        case giveUp
    }

    private let pingInterval: TimeAmount
    private let silenceLimit: TimeAmount
    private var lastSign: NIODeadline
    private var lastPing: NIODeadline
    private var wasWaiting = false
    private var lastTaken: Int64 = 0

    package init(pingInterval: Duration, silenceLimit: Duration, now: NIODeadline) {
        self.pingInterval = TimeAmount(pingInterval)
        self.silenceLimit = TimeAmount(silenceLimit)
        self.lastSign = now
        self.lastPing = now
    }

    /// Something came from the peer, or it was not listened to until now.
    package mutating func heard(at now: NIODeadline) {
        self.lastSign = now
    }

    /// - Parameters:
    ///   - written: Bytes handed to the socket's queue since the beginning.
    ///   - waiting: Those of them that the peer has not taken: in our queue, or in the system's.
    ///   - isWritable: False while too much waits for a ping to make sense.
    package mutating func judge(
        now: NIODeadline, written: Int64, waiting: Int, isWritable: Bool
    ) -> Verdict {
        let taken = written - Int64(waiting)
        if self.wasWaiting, taken > self.lastTaken { self.lastSign = now }
        self.wasWaiting = waiting > 0
        self.lastTaken = taken
        if now - self.lastSign >= self.silenceLimit { return .giveUp }
        guard now - self.lastPing >= self.pingInterval else { return .wait }
        self.lastPing = now
        return isWritable ? .ping : .wait
    }

    /// When to judge again.
    package var nextDeadline: NIODeadline {
        min(self.lastPing + self.pingInterval, self.lastSign + self.silenceLimit)
    }
}
