import NIOCore

/// Answers pings one by one up to a rate, and beyond it only the latest, later. A pure value.
package struct PongBudget: Sendable {
    private let perSecond: Int
    private var secondBegan: NIODeadline
    private var answered = 0
    private var owed: ByteBuffer?

    package init(perSecond: Int, now: NIODeadline) {
        self.perSecond = perSecond
        self.secondBegan = now
    }

    /// True while the latest ping waits for its answer.
    package var isOwing: Bool { self.owed != nil }

    /// A ping came: the payload to answer now, or nil to let it wait.
    package mutating func receivedPing(_ payload: ByteBuffer, now: NIODeadline, isWritable: Bool) -> ByteBuffer? {
        if now - self.secondBegan >= .seconds(1) {
            self.secondBegan = now
            self.answered = 0
        }
        guard isWritable, self.answered < self.perSecond else {
            self.owed = payload
            return nil
        }
        self.owed = nil
        self.answered += 1
        return payload
    }

    /// Time went by or the socket drained: the payload to answer now, if one waits and may go.
    package mutating func collect(now: NIODeadline, isWritable: Bool) -> ByteBuffer? {
        guard let owed = self.owed else { return nil }
        return self.receivedPing(owed, now: now, isWritable: isWritable)
    }
}
