import PulseEngine
import PulseModel
import Testing

/// A loop without connections, which is not woken for news.
@Suite struct UnheardTests {
    private let bench = ShardBench((1...3).map { Fixture.record($0, version: Int64($0)) })

    private func unheard(_ versions: Int64...) {
        let records = versions.map { Fixture.record(Int($0), version: $0) }
        bench.append(records)
        bench.deliver(records)
    }

    @Test func itsPlaceMovesOnWithoutATurnOfTheLoop() {
        unheard(4)
        #expect(bench.shard.position == Version(4))
        let (_, outlet) = bench.connectLive()
        #expect(outlet.texts() == [])
        bench.commit(Fixture.record(5, version: 5))
        #expect(outlet.texts() == ["push task 5@5"])
        #expect(bench.shard.position == Version(5))
    }

    @Test func whoComesBackGetsByItsDeltaWhatNobodyHeard() {
        let (first, _) = bench.connectLive()
        bench.commit(Fixture.record(4, version: 4))
        first.close()
        unheard(5)
        unheard(6)
        let (second, outlet) = bench.connect()
        second.request(after: 4)
        bench.settle()
        bench.commit(Fixture.record(7, version: 7))
        bench.endHold()
        #expect(outlet.texts() == ["delta task 5@5", "delta task 6@6", "push task 7@7"])
    }

    @Test func whoComesWhileOlderNewsAreHandedOutStandsBehindThem() {
        let (first, _) = bench.connectLive()
        nonisolated(unsafe) let tests = self
        nonisolated(unsafe) var second: (subscriber: Subscriber, outlet: FakeOutlet)?
        unheard(4)
        bench.shard.perform {
            // The news of version 4 are taken.
            first.close()
            tests.unheard(5)
            second = tests.bench.connect()
        }
        bench.loop.run()
        #expect(bench.shard.position == Version(5))
        second?.subscriber.request(after: 3)
        bench.settle()
        bench.commit(Fixture.record(6, version: 6))
        bench.endHold()
        #expect(second?.outlet.texts() == ["delta task 4@4", "delta task 5@5", "push task 6@6"])
    }
}
