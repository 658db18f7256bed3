import NIOCore
import PulseServer
import Testing

@Suite struct KeepaliveTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func makeKeepalive() -> Keepalive {
        Keepalive(pingInterval: .seconds(25), silenceLimit: .seconds(75), now: self.start)
    }

    @Test func `a peer that never answers is pinged, then given up at the silence limit`() {
        var keepalive = self.makeKeepalive()
        var pings = 0
        var second: Int64 = 0
        while true {
            let now = self.start + .seconds(second)
            let verdict = keepalive.judge(now: now, written: Int64(2 * pings), waiting: 0, isWritable: true)
            if verdict == .giveUp { break }
            if verdict == .ping { pings += 1 }
            second += 1
        }
        #expect(second == 75)
        #expect(pings == 2)
    }

    @Test func `a peer that is heard is kept for ever`() {
        var keepalive = self.makeKeepalive()
        for minute in 1...60 as ClosedRange<Int64> {
            let now = self.start + .minutes(minute)
            keepalive.heard(at: now)
            #expect(keepalive.judge(now: now, written: 0, waiting: 0, isWritable: true) == .ping)
        }
    }

    @Test func `a slow reader that takes something of what waits is kept`() {
        var keepalive = self.makeKeepalive()
        for round in 1...100 as ClosedRange<Int64> {
            let verdict = keepalive.judge(
                now: self.start + .seconds(25 * round), written: 1_000_000, waiting: 1_000_000 - Int(round),
                isWritable: false)
            #expect(verdict == .wait)
        }
    }

    @Test func `a reader that takes nothing of what waits is given up`() {
        var keepalive = self.makeKeepalive()
        var verdicts: [Keepalive.Verdict] = []
        for round in 1...4 as ClosedRange<Int64> {
            verdicts.append(
                keepalive.judge(
                    now: self.start + .seconds(25 * round), written: 1_000_000, waiting: 900_000, isWritable: false))
        }
        #expect(verdicts == [.wait, .wait, .giveUp, .giveUp])
    }

    @Test func `the next deadline is the next ping or the end of patience`() {
        var keepalive = self.makeKeepalive()
        #expect(keepalive.nextDeadline == self.start + .seconds(25))
        _ = keepalive.judge(now: self.start + .seconds(60), written: 0, waiting: 0, isWritable: true)
        #expect(keepalive.nextDeadline == self.start + .seconds(75))
    }
}

@Suite struct PongBudgetTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func `pings within the budget are answered one by one`() {
        var budget = PongBudget(perSecond: 3, now: self.start)
        for number in 0..<3 {
            let payload = ByteBuffer(integer: number)
            #expect(budget.receivedPing(payload, now: self.start, isWritable: true) == payload)
        }
    }

    @Test func `of a flood only the latest is answered, when the second is over`() {
        var budget = PongBudget(perSecond: 3, now: self.start)
        var answers = 0
        for number in 0..<10_000 {
            let answer = budget.receivedPing(ByteBuffer(integer: number), now: self.start, isWritable: true)
            if answer != nil { answers += 1 }
        }
        #expect(answers == 3)
        #expect(budget.collect(now: self.start + .milliseconds(999), isWritable: true) == nil)
        #expect(budget.collect(now: self.start + .seconds(1), isWritable: true) == ByteBuffer(integer: 9_999))
        #expect(!budget.isOwing)
    }

    @Test func `a peer that does not read its pongs is owed one at most`() {
        var budget = PongBudget(perSecond: 3, now: self.start)
        #expect(budget.receivedPing(ByteBuffer(string: "a"), now: self.start, isWritable: false) == nil)
        #expect(budget.receivedPing(ByteBuffer(string: "b"), now: self.start, isWritable: false) == nil)
        #expect(budget.collect(now: self.start, isWritable: true) == ByteBuffer(string: "b"))
        #expect(budget.collect(now: self.start, isWritable: true) == nil)
    }
}
