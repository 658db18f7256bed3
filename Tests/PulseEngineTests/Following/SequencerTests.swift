import PulseEngine
import PulseModel
import Testing

@Suite struct SequencerTests {
    private var sequencer = Sequencer(position: Version(10))

    private func page(_ versions: ClosedRange<Int64>, reached: Int64? = nil) -> LogPage {
        LogPage(
            records: versions.map { Fixture.record(Int($0), version: $0) },
            reached: Version(reached ?? versions.upperBound))
    }

    @Test mutating func commitsInOrderGoStraightOn() {
        #expect(sequencer.received(Fixture.commit(11...12)).texts == ["deliver 11,12 to 12"])
        #expect(sequencer.received(Fixture.commit(13...13)).texts == ["deliver 13 to 13"])
        #expect(sequencer.position == Version(13))
    }

    @Test mutating func aCommitHeardAgainIsIgnored() {
        #expect(sequencer.received(Fixture.commit(11...12)).count == 1)
        #expect(sequencer.received(Fixture.commit(11...12)).isEmpty)
        #expect(sequencer.received(Fixture.commit(3...7)).isEmpty)
    }

    @Test mutating func ofACommitThatOverlapsOnlyTheNewPartGoesOn() {
        #expect(sequencer.received(Fixture.commit(8...12)).texts == ["deliver 11,12 to 12"])
    }

    @Test mutating func aGapIsReadFromTheLogAndWhatWaitedBehindItFollows() {
        #expect(sequencer.received(Fixture.commit(13...14)).texts == ["read 10...12"])
        #expect(sequencer.received(Fixture.commit(16...16)).isEmpty)
        #expect(sequencer.received(Fixture.commit(15...15)).isEmpty)
        #expect(
            sequencer.received(page: page(11...12)).texts
                == ["deliver 11,12 to 12", "deliver 13,14 to 14", "deliver 15 to 15", "deliver 16 to 16"])
    }

    @Test mutating func aSecondGapBehindTheFirstIsReadToo() {
        #expect(sequencer.received(Fixture.commit(12...12)).texts == ["read 10...11"])
        #expect(sequencer.received(Fixture.commit(15...15)).isEmpty)
        #expect(
            sequencer.received(page: page(11...11)).texts
                == ["deliver 11 to 11", "deliver 12 to 12", "read 12...14"])
        #expect(sequencer.received(page: page(13...14)).texts == ["deliver 13,14 to 14", "deliver 15 to 15"])
    }

    @Test mutating func theMissingCommitThatComesWhileTheGapIsReadIsNotDeliveredTwice() {
        _ = sequencer.received(Fixture.commit(13...13))
        #expect(sequencer.received(Fixture.commit(11...12)).isEmpty)
        #expect(sequencer.received(page: page(11...12)).texts == ["deliver 11,12 to 12", "deliver 13 to 13"])
    }

    @Test mutating func aGapOfManyPagesIsReadPageByPage() {
        _ = sequencer.received(Fixture.commit(20...20))
        #expect(sequencer.received(page: page(11...14)).texts == ["deliver 11,12,13,14 to 14", "read 14...19"])
        #expect(sequencer.received(page: page(15...17)).texts == ["deliver 15,16,17 to 17", "read 17...19"])
        #expect(sequencer.received(page: page(18...19)).texts == ["deliver 18,19 to 19", "deliver 20 to 20"])
    }

    @Test mutating func versionsThatWereWrittenOverSinceAreNoGap() {
        _ = sequencer.received(Fixture.commit(20...20))
        let page = LogPage(records: [Fixture.record(1, version: 13)], reached: Version(19))
        #expect(sequencer.received(page: page).texts == ["deliver 13 to 19", "deliver 20 to 20"])
    }

    @Test mutating func afterAReadThatFailedTheHeadCheckTriesAgain() {
        _ = sequencer.received(Fixture.commit(13...13))
        sequencer.readFailed()
        #expect(sequencer.observed(head: Version(13)).isEmpty)
        #expect(sequencer.observed(head: Version(13)).texts == ["read 10...13"])
        #expect(sequencer.received(page: page(11...13)).texts == ["deliver 11,12,13 to 13"])
    }

    @Test mutating func aLostTailIsReadAtTheSecondLookAndNotAtTheFirst() {
        #expect(sequencer.observed(head: Version(12)).isEmpty)
        #expect(sequencer.observed(head: Version(15)).texts == ["read 10...12"])
    }

    @Test mutating func aTailThatTheBusBringsBetweenTwoLooksIsNotRead() {
        #expect(sequencer.observed(head: Version(12)).isEmpty)
        _ = sequencer.received(Fixture.commit(11...12))
        #expect(sequencer.observed(head: Version(14)).isEmpty)
        #expect(sequencer.observed(head: Version(14)).texts == ["read 12...14"])
    }

    @Test mutating func whileAGapIsReadAHeadCheckStartsNothing() {
        _ = sequencer.received(Fixture.commit(13...13))
        #expect(sequencer.observed(head: Version(13)).isEmpty)
        #expect(sequencer.observed(head: Version(13)).isEmpty)
    }

    @Test mutating func itNeverGoesBack() {
        #expect(sequencer.observed(head: Version(3)).isEmpty)
        #expect(sequencer.observed(head: Version(3)).isEmpty)
        #expect(sequencer.received(page: page(1...5)).isEmpty)
        #expect(sequencer.position == Version(10))
    }

    @Test mutating func whatWaitsBehindAGapIsBoundedAndTheRestIsReadAgain() {
        #expect(sequencer.received(Fixture.commit(12...12)).texts == ["read 10...11"])
        let last = Int64(12 + Sequencer.maximumWaitingCommits + 50)
        for version in 13...last { #expect(sequencer.received(Fixture.commit(version...version)).isEmpty) }
        let actions = sequencer.received(page: page(11...11))
        #expect(actions.count == 1 + Sequencer.maximumWaitingCommits)
        #expect(sequencer.observed(head: Version(last)).isEmpty)
        #expect(sequencer.observed(head: Version(last)).texts == ["read \(sequencer.position)...\(last)"])
    }

    @Test(arguments: 0..<400) func whateverTheBusDoesEveryRecordIsDeliveredOnceAndInOrder(seed: Int) {
        var random = Seeded(UInt64(seed))
        var sequencer = Sequencer(position: .zero)
        var commits: [Commit] = []
        var head: Int64 = 0
        var underWay: [Commit] = []
        var delivered: [Int64] = []
        var reads: [(after: Version, upTo: Version)] = []

        func perform(_ actions: [Sequencer.Action]) {
            for action in actions {
                switch action {
                case .deliver(let records, let upTo):
                    delivered += records.map(\.version.number)
                    #expect(records.last.map { $0.version <= upTo } ?? true)
                    #expect(upTo <= Version(head))
                case .read(let after, let upTo): reads.append((after, upTo))
                }
            }
        }
        func read() {
            guard let (after, upTo) = reads.first else { return }
            reads.removeFirst()
            if random.once(in: 8) {
                sequencer.readFailed()
                return
            }
            let last = min(upTo.number, after.number + Int64.random(in: 1...7, using: &random))
            // A head that was read late may lie behind the position; then there is nothing to read.
            let hasRecords = after.number < last
            perform(
                sequencer.received(
                    page: hasRecords ? page(after.number + 1...last) : LogPage(records: [], reached: upTo)))
        }

        for _ in 0..<300 {
            switch random.upTo(9) {
            case 0...3:
                let count = Int64.random(in: 1...5, using: &random)
                commits.append(Fixture.commit(head + 1...head + count))
                head += count
                for _ in 0..<random.upTo(2) { underWay.append(commits.last!) }
            case 4...7 where !underWay.isEmpty:
                perform(sequencer.received(underWay.remove(at: random.upTo(underWay.count - 1))))
            case 8:
                perform(sequencer.observed(head: Version(max(0, head - Int64(random.upTo(3))))))
            default: read()
            }
            #expect(reads.count <= 1)
        }
        var looks = 0
        while sequencer.position < Version(head), looks < 200 {
            perform(sequencer.observed(head: Version(head)))
            while !reads.isEmpty { read() }
            looks += 1
        }
        #expect(delivered == (0..<head).map { $0 + 1 }, "seed \(seed)")
    }
}

extension [Sequencer.Action] {
    fileprivate var texts: [String] {
        map { action in
            switch action {
            case .deliver(let records, let upTo):
                "deliver \(records.map(\.version.description).joined(separator: ",")) to \(upTo)"
            case .read(let after, let upTo): "read \(after)...\(upTo)"
            }
        }
    }
}
