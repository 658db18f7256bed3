import NIOCore
import PulseServer
import Testing

@Suite struct RateLimitTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func rate(messages: Int = 0, bytes: Int = 0, refusals: Int = 100) -> RateLimit {
        var limits = SessionLimits()
        limits.messagesPerSecond = messages
        limits.bytesPerSecond = bytes
        limits.rateRefusalsPerMinute = refusals
        return RateLimit(limits, now: start)
    }

    /// How many of many messages at one moment are taken.
    private func taken(_ rate: inout RateLimit, byteCount: Int = 1, after time: TimeAmount) -> Int {
        (0..<10_000).prefix { _ in rate.received(byteCount: byteCount, now: start + time) == .take }.count
    }

    @Test func `Two seconds' worth pass at once, then as many as the time allows`() {
        var rate = rate(messages: 100)
        #expect(taken(&rate, after: .zero) == 200)
        #expect(rate.received(byteCount: 1, now: start) == .refuse(.milliseconds(250)))
        #expect(taken(&rate, after: .milliseconds(250)) == 25)
        #expect(taken(&rate, after: .seconds(100)) == 200)
    }

    @Test func `Bytes count as well, and one message may be larger than the whole bucket`() {
        var rate = rate(bytes: 1_000)
        #expect(taken(&rate, byteCount: 100, after: .zero) == 20)
        #expect(rate.received(byteCount: 10_000, now: start + .seconds(2)) == .take)
        // It is paid for before the next one.
        #expect(rate.received(byteCount: 1, now: start + .seconds(2)) == .refuse(.milliseconds(8_250)))
        #expect(rate.received(byteCount: 1, now: start + .milliseconds(10_250)) == .take)
    }

    @Test func `Without limits everything passes`() {
        var rate = rate()
        #expect(taken(&rate, byteCount: 1 << 30, after: .zero) == 10_000)
    }

    @Test func `Who is refused too often within a minute is closed`() {
        var rate = rate(messages: 1, refusals: 2)
        let refused = RateLimit.Verdict.refuse(.milliseconds(250))
        let verdicts = (0..<5).map { _ in rate.received(byteCount: 1, now: start) }
        #expect(verdicts == [.take, .take, refused, refused, .close])
        let later = (0..<4).map { _ in rate.received(byteCount: 1, now: start + .seconds(61)) }
        #expect(later == [.take, .take, refused, refused])
    }

    @Test func `A budget is new each minute`() {
        var budget = MinuteBudget(2)
        let results = [0, 1, 2, 60, 61, 62, 63].map { budget.spend(now: start + .seconds($0)) }
        #expect(results == [true, true, false, false, true, true, false])
    }
}

extension TimeAmount {
    fileprivate static var zero: TimeAmount { .nanoseconds(0) }
}
