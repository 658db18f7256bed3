import NIOCore

/// How fast one connection may send messages. A pure value: the clock is a parameter.
package struct RateLimit: Sendable {
    /// What is to be done with a message.
    package enum Verdict: Sendable, Equatable {
        case take
        /// It is refused, and nothing is read for this long.
        case refuse(TimeAmount)
        /// It has been refused too often.
        case close
    }

    /// How long the buckets fill before a connection that emptied them is read from again.
    private static let recovery = TimeAmount.milliseconds(250)

    private var messages: TokenBucket
    private var bytes: TokenBucket
    private var refusals: MinuteBudget

    package init(_ limits: SessionLimits, now: NIODeadline) {
        messages = TokenBucket(perSecond: limits.messagesPerSecond, now: now)
        bytes = TokenBucket(perSecond: limits.bytesPerSecond, now: now)
        refusals = MinuteBudget(limits.rateRefusalsPerMinute)
    }

    /// A message has come.
    package mutating func received(byteCount: Int, now: NIODeadline) -> Verdict {
        let opening = max(messages.opening, bytes.opening)
        guard opening < now else {
            return refusals.spend(now: now) ? .refuse(opening - now + Self.recovery) : .close
        }
        messages.take(1, now: now)
        bytes.take(byteCount, now: now)
        return .take
    }
}
