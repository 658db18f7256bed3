import PulseEngine
import PulseModel
import Testing

/// Connections of scopes that became wanted after what comes now was put together.
@Suite struct LatecomerTests {
    private let before = Interest.Generation()

    @Test func whatDoesNotCoverAConnectionIsReadFromTheLog() {
        let bench = ShardBench()
        let (_, outlet) = bench.connectLive()
        bench.append([Fixture.record(1, version: 1)])
        bench.shard.deliver(Delivery([], upTo: Version(1), coverage: before))
        bench.loop.run()
        #expect(bench.pages.requests.count == 1)
        bench.settle()
        #expect(outlet.texts() == ["push task 1@1"])
    }

    @Test func whatCoversItNextComesDirectly() {
        let bench = ShardBench()
        let (_, outlet) = bench.connectLive()
        bench.append([Fixture.record(1, version: 1)])
        bench.shard.deliver(Delivery([], upTo: Version(1), coverage: before))
        bench.loop.run()
        bench.settle()
        bench.commit(Fixture.record(2, version: 2))
        #expect(bench.pages.requests.isEmpty)
        #expect(outlet.texts() == ["push task 1@1", "push task 2@2"])
    }

    @Test func ofOneTurnNothingComesTwiceAndNothingIsLost() {
        let bench = ShardBench()
        let (_, outlet) = bench.connectLive()
        let records = [Fixture.record(1, version: 1), Fixture.record(2, version: 2)]
        bench.append(records)
        bench.shard.deliver(Delivery([], upTo: Version(1), coverage: before))
        bench.deliver([records[1]])
        bench.loop.run()
        bench.settle()
        #expect(outlet.texts() == ["push task 1@1", "push task 2@2"])
    }

    @Test func otherConnectionsAreNotDisturbed() {
        let bench = ShardBench()
        let (_, early) = bench.connectLive()
        let then = bench.interest.generation
        bench.commit(Fixture.record(1, version: 1))
        let (_, late) = bench.connectLive(Fixture.bob)
        let records = [Fixture.record(2, version: 2), Fixture.record(3, version: 3, scope: .bob)]
        bench.append(records)
        bench.deliver([records[0]], coverage: then)
        bench.shard.deliver(Delivery([], upTo: Version(3), coverage: then))
        bench.loop.run()
        #expect(early.texts() == ["push task 1@1", "push task 2@2"])
        #expect(bench.pages.requests.count == 1)
        bench.settle()
        #expect(late.texts() == ["push task 3@3"])
    }

    @Test func aSecondConnectionOfAScopeIsNoLatecomer() {
        let bench = ShardBench()
        _ = bench.connectLive()
        let then = bench.interest.generation
        let (_, outlet) = bench.connectLive()
        let record = Fixture.record(1, version: 1)
        bench.append([record])
        bench.deliver([record], coverage: then)
        bench.loop.run()
        #expect(bench.pages.requests.isEmpty)
        #expect(outlet.texts() == ["push task 1@1"])
    }
}
