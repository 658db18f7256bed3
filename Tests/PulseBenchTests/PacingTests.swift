import NIOCore
import PulseBench
import Testing

@Suite struct PacingTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    private func open(_ rate: Double, _ index: Int = 0, of count: Int = 1, until end: Int64) -> Pacing {
        .open(perSecond: rate, connection: index, of: count, from: start, until: at(end))
    }

    /// Everything that may be sent at that time, in milliseconds.
    private func taken(_ pacing: inout Pacing, at milliseconds: Int64) -> [Int64] {
        var times: [Int64] = []
        while let intended = pacing.next(at: at(milliseconds)) {
            times.append((intended - start).nanoseconds / 1_000_000)
        }
        return times
    }

    @Test func `a closed loop sends whenever it may, until its end`() {
        var pacing = Pacing.closed(until: at(10))
        #expect(pacing.next(at: at(3)) == at(3))
        #expect(pacing.next(at: at(3)) == at(3))
        #expect(pacing.nextDue == nil)
        #expect(pacing.next(at: at(10)) == nil)
    }

    @Test func `an open loop sends by the clock`() {
        var pacing = open(100, until: 50)
        #expect(pacing.nextDue == at(0))
        #expect(taken(&pacing, at: 0) == [0])
        #expect(taken(&pacing, at: 9) == [])
        #expect(pacing.nextDue == at(10))
        #expect(taken(&pacing, at: 10) == [10])
    }

    @Test func `after a stall everything is sent that was due, at its intended time`() {
        var pacing = open(100, until: 100)
        #expect(taken(&pacing, at: 0) == [0])
        #expect(taken(&pacing, at: 45) == [10, 20, 30, 40])
        #expect(pacing.nextDue == at(50))
    }

    @Test func `what was due before the end stays due, and nothing else`() {
        var pacing = open(100, until: 40)
        #expect(taken(&pacing, at: 1000) == [0, 10, 20, 30])
        #expect(pacing.nextDue == nil)
        var stopped = open(100, until: 40)
        stopped.stop(at: at(15))
        #expect(taken(&stopped, at: 1000) == [0, 10])
    }

    @Test func `connections share a rate evenly, and do not drift`() {
        var one = open(3, 0, of: 2, until: 2000)
        var other = open(3, 1, of: 2, until: 2000)
        #expect(taken(&one, at: 3000) == [0, 666, 1333])
        #expect(taken(&other, at: 3000) == [333, 999, 1666])
    }
}
