import NIOCore
import PulseBench
import Testing

@Suite struct FanoutTests {
    @Test func `latency counts from when an upload was due, in the phase it was due in`() {
        var tally = PacedTally(batch: 2, maximumUnanswered: 2)
        tally.begin(phaseAt: .uptimeNanoseconds(0))
        tally.begin(phaseAt: .uptimeNanoseconds(100))
        func at(_ nanoseconds: UInt64) -> NIODeadline { .uptimeNanoseconds(nanoseconds) }
        let sent = [(90, 95), (110, 115), (120, 125)].map { tally.sends(due: at($0), at: at($1)) }
        #expect(sent == [true, true, false], "at the third too many wait")
        tally.answered(synced: 2, at: at(190), "all")
        tally.answered(synced: 1, at: at(210), "one of two")
        #expect(tally.phases.map(\.latency.maximum) == [100, 100])
        #expect(tally.phases.map(\.lateness.maximum) == [5, 5])
        #expect(tally.phases.map(\.acked) == [2, 1])
        #expect((tally.acked, tally.refused, tally.skipped, tally.unanswered) == (3, 1, 2, 0))
        #expect(tally.firstComplaint == "one of two")
    }

    @Test(
        arguments: [
            (1, [true, true], true), (1, [true], false), (1, [true, false], false), (1, [true, true, false], false),
            (0, [], false),
        ] as [(Int, [Bool], Bool)])
    func `a rate is held when both connections were sent each record once`(
        records: Int, pushes: [Bool], holds: Bool
    ) {
        var sent = PacedTally(batch: 1, maximumUnanswered: 1)
        let window = Window(from: .uptimeNanoseconds(100), to: .uptimeNanoseconds(200))
        sent.begin(phaseAt: .uptimeNanoseconds(0))
        sent.begin(phaseAt: window.from)
        for _ in 0..<records {
            _ = sent.sends(due: window.from, at: window.from)
            sent.answered(synced: 1, at: window.from, "")
        }
        let tally = FanoutTally()
        tally.measure(from: window.from, to: window.to)
        for inOrder in pushes { tally.delivered(intended: 100, bytes: 1, at: window.to, inOrder: inOrder) }
        let outcome = FanoutOutcome(connections: 2, rate: 1, window: window, sent: sent, got: tally.counts)
        #expect(outcome.holds(within: .seconds(1)) == holds)
    }

    @Test(arguments: [0.3, 1, 7, 100, 5_000])
    func `the highest rate is found to a fifth of it`(capacity: Double) throws {
        for first in [0.5, 100, 1_000] {
            var search = RateSearch(from: first)
            while let rate = search.next { search.tried(holds: rate <= capacity) }
            let found = try #require(search.held)
            #expect(found <= capacity && found > capacity / 1.2)
        }
    }

    @Test func `a search ends where nothing is held, and where everything is`() {
        for holds in [false, true] {
            var search = RateSearch(from: 10)
            var tries = 0
            while search.next != nil, tries < 100 {
                search.tried(holds: holds)
                tries += 1
            }
            #expect(search.next == nil && (search.held != nil) == holds)
        }
    }
}
