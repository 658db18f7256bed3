import NIOCore
import PulseEngine
import PulseModel
import Testing

/// What a connection gets before its first delta.
@Suite struct HoldTests {
    private let bench = ShardBench([Fixture.record(1, version: 1)])

    @Test func newsWaitUntilTheHoldIsOver() {
        let (_, outlet) = bench.connect()
        bench.commit(Fixture.record(2, version: 2))
        bench.loop.advanceTime(by: .milliseconds(990))
        bench.settle()
        #expect(outlet.texts() == [])
        bench.loop.advanceTime(by: .milliseconds(10))
        bench.settle()
        #expect(outlet.texts() == ["push task 2@2"])
        bench.commit(Fixture.record(3, version: 3))
        #expect(outlet.texts() == ["push task 3@3"])
    }

    @Test func aTablesDeltaEndsItsHold() {
        let (subscriber, outlet) = bench.connect()
        bench.commit(Fixture.record(2, version: 2))
        subscriber.request(as: "TASK", after: 0)
        bench.settle()
        #expect(outlet.texts() == ["delta TASK 1@1", "delta TASK 2@2"])
        bench.commit(Fixture.record(3, version: 3))
        bench.settle()
        #expect(outlet.texts() == ["push task 3@3"])
    }

    @Test func newsOfATableThatWasNotAskedForWaitUntilTheHoldIsOver() {
        let (subscriber, outlet) = bench.connect()
        bench.commit(Fixture.record(2, version: 2, of: Fixture.note))
        subscriber.request(after: 0)
        bench.settle()
        bench.commit(Fixture.record(3, version: 3))
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1", "push task 3@3"])
        bench.endHold()
        #expect(outlet.texts() == ["push note 2@2"])
    }

    /// A device keeps a cursor a table; a push that came first would move it past what it never had.
    @Test func noPushOvertakesTheDeltaOfATableThatIsAskedForALittleLater() {
        let (subscriber, outlet) = bench.connect()
        bench.commit(Fixture.record(2, version: 2, of: Fixture.note))
        subscriber.request(after: 1)
        bench.settle()
        bench.commit(Fixture.record(3, version: 3, of: Fixture.note))
        bench.loop.advanceTime(by: .milliseconds(900))
        bench.settle()
        #expect(outlet.texts() == [])
        subscriber.request(Fixture.note, after: 0)
        bench.settle()
        #expect(outlet.texts() == ["delta note 2@2", "delta note 3@3"])
    }

    /// Found in review: each request began the others' hold anew, so a device that polls one table never got the rest.
    @Test func askingForOneTableAgainAndAgainDoesNotHoldTheOthers() {
        let (subscriber, outlet) = bench.connect()
        bench.commit(Fixture.record(2, version: 2, of: Fixture.note))
        for _ in 1...4 {
            subscriber.request(after: 1)
            bench.settle()
            bench.loop.advanceTime(by: .milliseconds(300))
            bench.settle()
        }
        #expect(outlet.texts() == ["push note 2@2"])
    }

    @Test func aConnectionThatAskedForEveryTableIsLive() {
        let (subscriber, outlet) = bench.connect()
        for model in Fixture.schema.models { subscriber.request(model, after: 0) }
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1"])
        bench.commit(Fixture.record(2, version: 2))
        #expect(outlet.texts() == ["push task 2@2"])
    }

    @Test func anAckDoesNotWait() {
        let (subscriber, outlet) = bench.connect()
        bench.shard.perform { subscriber.sendAck() }
        bench.turn()
        #expect(outlet.texts() == ["SUCCESS"])
    }

    @Test func aWinnerWaitsForTheDeltaAndComesBehindIt() {
        let (subscriber, outlet) = bench.connect()
        subscriber.sendAgain(bench.log.history[0], of: Fixture.task)
        bench.settle()
        #expect(outlet.texts() == [])
        subscriber.request(after: 0)
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1", "push task 1@1"])
    }

    /// Found here: a slow store made the delta behind an upload come later than the news that must not overtake it.
    @Test func aRequestThatIsOnItsWayProlongsTheHold() {
        let (subscriber, outlet) = bench.connect()
        bench.commit(Fixture.record(2, version: 2))
        subscriber.expectRequest()
        bench.loop.advanceTime(by: .seconds(20))
        bench.settle()
        #expect(outlet.texts() == [])
        subscriber.request(after: 0)
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1", "delta task 2@2"])
    }

    /// Found here: one table's request made the connection live while another's, ahead of this worker, was looked into.
    @Test func aRequestThatIsLookedIntoHoldsTheAnswersToOthersToo() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 0)
        subscriber.requestDelayed()
        bench.commit(Fixture.record(2, version: 2, of: Fixture.note))
        bench.settle()
        #expect(outlet.texts() == [])
        subscriber.request(Fixture.note, after: 2)
        subscriber.requestArrived()
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1"])
    }

    @Test func aDelayedRequestThatIsRefusedHoldsNoLongerThanNone() {
        let (subscriber, outlet) = bench.connect()
        subscriber.requestDelayed()
        subscriber.requestArrived()
        bench.commit(Fixture.record(2, version: 2))
        bench.loop.advanceTime(by: ShardBench.hold)
        bench.settle()
        #expect(outlet.texts() == ["push task 2@2"])
    }

    @Test func aRequestThatNeverComesDoesNotHoldForEver() {
        let (subscriber, outlet) = bench.connect()
        subscriber.expectRequest()
        bench.commit(Fixture.record(2, version: 2))
        bench.loop.advanceTime(by: .minutes(1))
        bench.settle()
        #expect(outlet.texts() == ["push task 2@2"])
    }

    @Test func anExpectedRequestDoesNotHoldWhatIsLiveAlready() {
        let (subscriber, outlet) = bench.connectLive()
        subscriber.expectRequest()
        bench.commit(Fixture.record(2, version: 2))
        #expect(outlet.texts() == ["push task 2@2"])
    }
}
