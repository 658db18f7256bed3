import PulseEngine
import PulseModel
import Testing

@Suite struct DeltaTests {
    private let bench = ShardBench((1...6).map { Fixture.record($0, version: Int64($0)) })

    @Test func aDeltaComesInVersionOrderPageByPageAndThenLiveWhereItEnded() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 2)
        bench.turn()
        bench.answer(maximumRecords: 2)
        #expect(outlet.texts() == ["delta task 3@3", "delta task 4@4"])
        bench.commit(Fixture.record(7, version: 7))
        #expect(outlet.texts() == [])
        bench.settle(maximumRecords: 2)
        #expect(outlet.texts() == ["delta task 5@5", "delta task 6@6", "push task 7@7"])
        bench.endHold()
        bench.commit(Fixture.record(8, version: 8))
        #expect(outlet.texts() == ["push task 8@8"])
    }

    /// Found by a client that reads slowly: a page whose flush made the socket writable again was read twice.
    @Test func aPageThatMakesTheSocketWritableIsSentOnce() {
        let (subscriber, outlet) = bench.connect()
        outlet.onFlush = { subscriber.outletBecameWritable() }
        subscriber.request(after: 0)
        bench.settle(maximumRecords: 2)
        #expect(outlet.texts() == (1...6).map { "delta task \($0)@\($0)" })
    }

    @Test func aDeltaWithNothingInItSendsNothingAndGoesLive() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 6)
        bench.settle()
        bench.endHold()
        bench.commit(Fixture.record(7, version: 7))
        #expect(outlet.texts() == ["push task 7@7"])
    }

    @Test func aRecordThatChangesDuringTheDeltaComesLaterAtItsNewVersion() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 0)
        bench.turn()
        bench.answer(maximumRecords: 2)
        bench.commit(Fixture.record(4, version: 7), Fixture.record(1, version: 8))
        bench.settle(maximumRecords: 2)
        #expect(
            outlet.texts() == [
                "delta task 1@1", "delta task 2@2", "delta task 3@3", "delta task 5@5", "delta task 6@6",
                "push task 4@7", "push task 1@8",
            ])
    }

    @Test func requestsOfOnePacketAreAnsweredTogetherInOneOrder() {
        bench.commit(
            Fixture.record(7, version: 7, of: Fixture.note), Fixture.record(8, version: 8),
            Fixture.record(9, version: 9, of: Fixture.note))
        let (subscriber, outlet) = bench.connect()
        subscriber.request(Fixture.note, after: 0)
        subscriber.request(Fixture.task, as: "Task", after: 5)
        bench.settle(maximumRecords: 1)
        #expect(outlet.texts() == ["delta Task 6@6", "delta note 7@7", "delta Task 8@8", "delta note 9@9"])
    }

    @Test func aRequestDuringAPageStartsItsTableAgainAndLeavesTheOthers() {
        bench.commit(Fixture.record(7, version: 7, of: Fixture.note), Fixture.record(8, version: 8, of: Fixture.note))
        let (subscriber, outlet) = bench.connect()
        subscriber.request(Fixture.task, after: 4)
        subscriber.request(Fixture.note, after: 0)
        bench.turn()
        subscriber.request(Fixture.task, as: "again", after: 3)
        bench.answer(maximumRecords: 3)
        #expect(outlet.texts() == ["delta task 5@5", "delta task 6@6", "delta note 7@7"])
        bench.settle()
        #expect(outlet.texts() == ["delta again 4@4", "delta again 5@5", "delta again 6@6", "delta note 8@8"])
        bench.endHold()
        bench.commit(Fixture.record(9, version: 9))
        #expect(outlet.texts() == ["push task 9@9"])
    }

    @Test func aLiveConnectionMayAskAgain() {
        let (subscriber, outlet) = bench.connectLive()
        subscriber.request(after: 5)
        bench.commit(Fixture.record(7, version: 7))
        bench.settle()
        #expect(outlet.texts() == ["delta task 6@6", "push task 7@7"])
    }

    // MARK: Tombstones

    private func erase(_ number: Int, version: Int64) -> Record {
        Fixture.record(number, version: version, state: .erased)
    }

    @Test func aFirstSyncIsSentNoTombstones() {
        bench.commit(erase(1, version: 7))
        let (subscriber, outlet) = bench.connect()
        bench.commit(erase(2, version: 8))
        subscriber.request(after: 0)
        bench.settle()
        #expect(outlet.texts() == ["delta task 3@3", "delta task 4@4", "delta task 5@5", "delta task 6@6"])
    }

    @Test func aLaterSyncIsSentTheTombstonesBehindItsVersion() {
        bench.commit(erase(1, version: 7), erase(2, version: 8))
        let (subscriber, outlet) = bench.connect()
        subscriber.request(as: "TASK", after: 7)
        bench.settle()
        #expect(outlet.texts() == ["erase TASK 2"])
    }

    @Test func whatIsErasedAfterTheRequestIsToldToAFirstSyncToo() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 0)
        bench.turn()
        bench.answer(maximumRecords: 2)
        bench.commit(erase(1, version: 7), erase(6, version: 8))
        bench.settle()
        #expect(
            outlet.texts().suffix(5) == [
                "delta task 3@3", "delta task 4@4", "delta task 5@5", "erase task 1", "erase task 6",
            ])
    }

    @Test func twoFirstSyncsOfOnePacketAreSentNoTombstones() {
        let (subscriber, outlet) = bench.connect()
        bench.commit(
            erase(1, version: 7), Fixture.record(8, version: 8, of: Fixture.note),
            Fixture.record(8, version: 9, of: Fixture.note, state: .erased))
        subscriber.request(after: 0)
        subscriber.request(Fixture.note, after: 0)
        bench.settle()
        #expect(outlet.texts().allSatisfy { $0.hasPrefix("delta task") })
    }

    /// Found here: a first sync that was asked for twice took the tombstones of what the first answer had brought
    /// for older than itself, and the client kept those records for good.
    @Test func aFirstSyncAskedForAgainIsToldWhatWasErasedSinceTheFirst() {
        let (subscriber, outlet) = bench.connect()
        subscriber.request(after: 0)
        bench.turn()
        bench.answer(maximumRecords: 2)
        #expect(outlet.texts() == ["delta task 1@1", "delta task 2@2"])
        bench.commit(erase(1, version: 7))
        subscriber.request(after: 0)
        bench.settle()
        #expect(outlet.texts().last == "erase task 1")
    }

    // MARK: A client that is ahead

    /// Found here: the connection went live at once and pushed older states over those the client had.
    @Test func aClientThatIsAheadOfThisWorkerIsSentNothingOlderThanItsCursor() {
        let newer = (7...9).map { Fixture.record(1, version: Int64($0)) }
        bench.append(newer)
        let (subscriber, outlet) = bench.connect()
        for model in Fixture.schema.models { subscriber.request(model, after: 9) }
        bench.settle()
        for record in newer {
            bench.deliver([record])
            bench.settle()
        }
        #expect(outlet.texts() == [])
        bench.commit(Fixture.record(1, version: 10))
        bench.settle()
        bench.commit(Fixture.record(1, version: 11))
        #expect(outlet.texts() == ["push task 1@10", "push task 1@11"])
    }
}
