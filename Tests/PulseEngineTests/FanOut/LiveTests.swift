import NIOCore
import PulseEngine
import PulseModel
import PulseWire
import Testing

@Suite struct LiveTests {
    private let bench = ShardBench((1...3).map { Fixture.record($0, version: Int64($0)) })

    @Test func aConnectionIsSentItsOwnScopesOnly() {
        let (_, ann) = bench.connectLive(Fixture.identity("1", teams: "red"))
        let (_, bob) = bench.connectLive(Fixture.identity("2", teams: "red", "blue"))
        let (_, eve) = bench.connectLive(Fixture.identity("3"))
        bench.commit(
            Fixture.record(4, version: 4), Fixture.record(5, version: 5, scope: .bob),
            Fixture.record(6, version: 6, of: Fixture.board, scope: .group(Fixture.red)),
            Fixture.record(7, version: 7, of: Fixture.board, scope: .group(Fixture.blue)),
            Fixture.record(8, version: 8, of: Fixture.bulletin, scope: .global))
        #expect(ann.texts() == ["push task 4@4", "push board 6@6", "push bulletin 8@8"])
        #expect(bob.texts() == ["push task 5@5", "push board 6@6", "push board 7@7", "push bulletin 8@8"])
        #expect(eve.texts() == ["push bulletin 8@8"])
    }

    @Test func aDeltaHasItsOwnScopesOnly() {
        bench.commit(
            Fixture.record(5, version: 4, scope: .bob),
            Fixture.record(6, version: 5, of: Fixture.board, scope: .group(Fixture.red)),
            Fixture.record(7, version: 6, of: Fixture.board, scope: .group(Fixture.blue)))
        let (subscriber, outlet) = bench.connect(Fixture.identity("2", teams: "blue"))
        for model in Fixture.schema.models { subscriber.request(model, after: 0) }
        bench.settle()
        #expect(outlet.texts() == ["delta task 5@4", "delta board 7@6"])
    }

    @Test func theFramesOfOneTurnLeaveWithOneFlush() {
        let (_, outlet) = bench.connectLive()
        bench.append([Fixture.record(4, version: 4)])
        bench.append([Fixture.record(5, version: 5)])
        bench.deliver([Fixture.record(4, version: 4)])
        bench.deliver([Fixture.record(5, version: 5)])
        #expect(outlet.texts() == [])
        bench.turn()
        #expect(outlet.unflushed.readableBytes == 0)
        #expect(outlet.texts() == ["push task 4@4", "push task 5@5"])
    }

    @Test func anAckGoesAheadOfTheEchoThatIsHandedOverBehindIt() {
        let (subscriber, outlet) = bench.connectLive()
        bench.append([Fixture.record(4, version: 4)])
        bench.shard.perform { subscriber.sendAck() }
        bench.deliver([Fixture.record(4, version: 4)])
        bench.turn()
        #expect(outlet.texts() == ["SUCCESS", "push task 4@4"])
    }

    @Test func recordsOfAModelThatIsNoLongerDeclaredArePassedOver() throws {
        let gone = try Model(ModelName("gone")!, audience: .user, fields: [Field("title", .text)])
        let (_, outlet) = bench.connectLive()
        bench.commit(Fixture.record(4, version: 4, of: gone), Fixture.record(5, version: 5))
        #expect(outlet.texts() == ["push task 5@5"])
        bench.commit(Fixture.record(6, version: 6, of: gone))
        #expect(outlet.texts() == [])
    }

    // MARK: Slow clients

    @Test func aSlowClientIsNotBufferedAndReadsOnFromTheLog() {
        let (subscriber, outlet) = bench.connectLive()
        let (_, fast) = bench.connectLive()
        bench.commit(Fixture.record(4, version: 4))
        outlet.isWritable = false
        for version in Int64(5)...14 { bench.commit(Fixture.record(4, version: version)) }
        bench.commit(Fixture.record(5, version: 15))
        #expect(outlet.texts() == ["push task 4@4"])
        #expect(outlet.unflushed.readableBytes == 0 && bench.pages.requests.isEmpty)
        outlet.isWritable = true
        subscriber.outletBecameWritable()
        bench.settle()
        // Changed ten times meanwhile, sent once.
        #expect(outlet.texts() == ["push task 4@14", "push task 5@15"])
        bench.commit(Fixture.record(4, version: 16))
        #expect(outlet.texts() == ["push task 4@16"])
        #expect(fast.texts().count == 13)
    }

    @Test func aClientThatStopsWithinOneTurnLosesNothingOfIt() {
        let (subscriber, outlet) = bench.connectLive()
        outlet.isWritable = false
        bench.commit(
            Fixture.record(4, version: 4, scope: .bob), Fixture.record(5, version: 5),
            Fixture.record(6, version: 6, of: Fixture.bulletin, scope: .global))
        outlet.isWritable = true
        subscriber.outletBecameWritable()
        bench.settle()
        #expect(outlet.texts() == ["push task 5@5", "push bulletin 6@6"])
    }

    @Test func aClientThatIsSlowDuringItsDeltaIsReadForOnlyWhenItTakesMore() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 0)
        bench.turn()
        outlet.isWritable = false
        bench.answer(maximumRecords: 1)
        #expect(bench.pages.requests.isEmpty)
        bench.commit(Fixture.record(4, version: 4))
        outlet.isWritable = true
        subscriber.outletBecameWritable()
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1", "delta task 2@2", "delta task 3@3", "push task 4@4"])
    }

    @Test func aLoopThatDoesNotKeepUpForgetsWhatWaitsAndItsConnectionsReadTheLog() {
        let (_, outlet) = bench.connectLive()
        let (held, heldOutlet) = bench.connect()
        // Twelve long records that are another's, more than the loop may be behind with, between two that are not.
        let long = String(repeating: "x", count: Shard.maximumInboxBytes / 11)
        let records = (4...17).map { number in
            4 < number && number < 17
                ? Fixture.record(number, version: Int64(number), of: Fixture.note, scope: .bob, title: long)
                : Fixture.record(number, version: Int64(number))
        }
        bench.append(records)
        for record in records { bench.deliver([record]) }
        bench.turn()
        #expect(outlet.texts() == [])
        bench.settle(maximumRecords: 1)
        #expect(outlet.texts() == ["push task 4@4", "push task 17@17"])
        bench.commit(Fixture.record(18, version: 18))
        #expect(outlet.texts() == ["push task 18@18"])
        held.request(after: 6)
        bench.settle()
        #expect(heldOutlet.texts() == ["delta task 17@17", "delta task 18@18"])
    }

    // MARK: What is sent again

    @Test func theWinnerIsSentToALiveConnection() {
        let (subscriber, outlet) = bench.connectLive()
        bench.shard.perform {
            subscriber.sendAck()
            subscriber.sendAgain(Fixture.record(2, version: 2), of: Fixture.task)
        }
        bench.settle()
        #expect(outlet.texts() == ["SUCCESS", "push task 2@2"])
        bench.commit(Fixture.record(4, version: 4))
        #expect(outlet.texts() == ["push task 4@4"])
    }

    @Test func aWinnerThatTheShardHasNotHandedOutYetIsLeftToTheLog() {
        let (subscriber, outlet) = bench.connectLive()
        let records = [Fixture.record(4, version: 4), Fixture.record(2, version: 5)]
        bench.append(records)
        bench.shard.perform { subscriber.sendAgain(records[1], of: Fixture.task) }
        bench.settle()
        #expect(outlet.texts() == [])
        bench.deliver(records)
        bench.settle()
        #expect(outlet.texts() == ["push task 4@4", "push task 2@5"])
    }

    @Test func anErasedWinnerIsSentAsSuch() {
        bench.commit(Fixture.record(2, version: 4, state: .erased))
        let (subscriber, outlet) = bench.connectLive()
        subscriber.sendAgain(bench.log.history[3], of: Fixture.task)
        bench.settle()
        #expect(outlet.texts() == ["erase task 2"])
    }

    @Test func winnersOvertakeNothingWhileTheConnectionCatchesUp() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 0)
        bench.turn()
        subscriber.sendAgain(bench.log.history[2], of: Fixture.task)
        subscriber.sendAgain(bench.log.history[0], of: Fixture.task)
        bench.settle(maximumRecords: 1)
        #expect(
            outlet.texts() == [
                "delta task 1@1", "delta task 2@2", "delta task 3@3", "push task 1@1", "push task 3@3",
            ])
    }

    /// Found here: a winner that waited for a delta to end came behind the newer state that the delta had brought.
    @Test func aWinnerThatWasWrittenOverMeanwhileIsNotSent() {
        let (subscriber, outlet) = bench.connect()
        subscriber.sendAgain(bench.log.history[1], of: Fixture.task)
        bench.commit(Fixture.record(2, version: 4, title: "newer"))
        subscriber.request(after: 0)
        bench.settle(maximumRecords: 1)
        #expect(!outlet.texts().contains { $0.hasSuffix("2@2") })
    }

    /// Found here: with two workers, an answer that was late sent the winner behind what the other had made of it.
    @Test func aWinnerThatAnotherWorkerWroteOverIsNotSentToALiveConnection() {
        let (subscriber, outlet) = bench.connectLive()
        let winner = bench.log.history[1]
        bench.commit(Fixture.record(2, version: 4, title: "newer"))
        bench.shard.perform { subscriber.sendAgain(winner, of: Fixture.task) }
        bench.settle()
        #expect(!outlet.texts().contains { $0.hasSuffix("2@2") })
    }

    @Test func aWinnerThatIsReadAgainDoesNotBringWhatIsNewerThanTheConnection() {
        let (subscriber, outlet) = bench.connectLive()
        subscriber.sendAgain(bench.log.history[1], of: Fixture.task)
        bench.turn()
        let records = [Fixture.record(9, version: 4), Fixture.record(2, version: 5)]
        bench.append(records)
        bench.settle()
        #expect(outlet.texts() == [])
        bench.deliver(records)
        bench.settle()
        #expect(outlet.texts() == ["push task 9@4", "push task 2@5"])
    }

    @Test func aWinnerThatIsReadWhenADeltaIsAskedForWaitsForItsEnd() {
        let (subscriber, outlet) = bench.connectLive()
        subscriber.sendAgain(bench.log.history[2], of: Fixture.task)
        bench.turn()
        subscriber.request(after: 0)
        bench.settle()
        #expect(outlet.texts() == ["delta task 1@1", "delta task 2@2", "delta task 3@3", "push task 3@3"])
    }

    @Test func whatIsToBeSentAgainIsBounded() {
        let (subscriber, outlet) = bench.connect()
        let records = (0..<5_000).map { Fixture.record($0, version: Int64($0) + 4) }
        bench.append(records)
        bench.deliver(records)
        bench.turn()
        for record in records { subscriber.sendAgain(record, of: Fixture.task) }
        bench.loop.advanceTime(by: ShardBench.hold)
        bench.settle()
        #expect(outlet.texts().count == 5_000 + Subscriber.maximumRepeats)
    }

    // MARK: The end

    @Test(arguments: ["held", "live", "reading", "slow", "ahead", "sending again"])
    func aClosedConnectionIsWrittenToNoMore(state: String) {
        let (subscriber, outlet) = state == "held" ? bench.connect() : bench.connectLive()
        switch state {
        case "reading": subscriber.request(after: 0)
        case "slow": outlet.isWritable = false
        case "ahead": subscriber.request(after: 99)
        case "sending again": subscriber.sendAgain(bench.log.history[0], of: Fixture.task)
        default: break
        }
        bench.commit(Fixture.record(4, version: 4))
        _ = outlet.texts()
        subscriber.close()
        subscriber.close()
        outlet.isWritable = true
        bench.settle()
        bench.commit(Fixture.record(5, version: 5))
        bench.loop.advanceTime(by: .minutes(5))
        subscriber.sendAck()
        subscriber.sendAgain(bench.log.history[0], of: Fixture.task)
        subscriber.request(after: 0)
        subscriber.outletBecameWritable()
        subscriber.expectRequest()
        subscriber.flush()
        bench.settle()
        #expect(outlet.texts() == [] && outlet.unflushed.readableBytes == 0)
    }

    /// Found here: connections that had only been refused something were kept until the next commit.
    @Test(arguments: [true, false]) func aClosedConnectionIsNotKeptInMemory(wasWrittenTo: Bool) {
        weak var subscriber: Subscriber?
        var outlet: FakeOutlet?
        do {
            let connection = bench.connectLive()
            subscriber = connection.subscriber
            outlet = connection.outlet
            if wasWrittenTo { connection.subscriber.sendAck() }
            connection.subscriber.close()
        }
        bench.turn()
        bench.loop.advanceTime(by: .minutes(5))
        #expect(subscriber == nil && outlet != nil)
    }
}
