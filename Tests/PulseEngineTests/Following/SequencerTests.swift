import NIOCore
import PulseEngine
import PulseModel
import Testing

@Suite struct SequencerTests {
    /// Somebody is connected whose records are ann's.
    private static let covered: @Sendable (Set<Scope>) -> Interest.Generation? = { missing in
        missing.contains(.ann) ? nil : Interest.Generation(1)
    }

    private var sequencer = Sequencer(position: Version(10), coverage: covered)

    @Test mutating func commitsInOrderGoStraightOn() {
        #expect(sequencer.received(Fixture.commit(11...12)).texts == ["deliver 11,12 to 12"])
        #expect(sequencer.received(Fixture.commit(13...13)).texts == ["deliver 13 to 13"])
        #expect(sequencer.position == Version(13))
    }

    @Test mutating func aCommitHeardAgainIsIgnored() {
        #expect(sequencer.received(Fixture.commit(11...12)).count == 1)
        #expect(sequencer.received(Fixture.commit(11...12)).isEmpty)
        #expect(sequencer.received(Fixture.commit(3...7)).isEmpty)
        #expect(sequencer.counts.received == 1)
        #expect(sequencer.counts.repeated == 2)
    }

    @Test mutating func ofACommitThatWasDeliveredInPartTheRestIsRead() {
        #expect(sequencer.received(Fixture.commit(8...12)).texts == ["read 10...12"])
        #expect(sequencer.page(11...12).texts == ["deliver 11,12 to 12"])
    }

    // MARK: Commits that are missing

    @Test mutating func aCommitThatWasOvertakenIsWaitedFor() {
        #expect(sequencer.received(Fixture.commit(13...14)).texts == ["wait at 10"])
        #expect(sequencer.received(Fixture.commit(16...16)).isEmpty)
        #expect(
            sequencer.received(Fixture.commit(11...12)).texts == [
                "deliver 11,12 to 12", "deliver 13,14 to 14", "wait at 14",
            ])
        #expect(sequencer.waited(at: Version(10)).isEmpty)
        #expect(sequencer.received(Fixture.commit(15...15)).texts == ["deliver 15 to 15", "deliver 16 to 16"])
        #expect(sequencer.waited(at: Version(14)).isEmpty)
        #expect(sequencer.counts.healed.isEmpty)
    }

    @Test mutating func aCommitThatDoesNotComeIsReadAndWhatWaitedBehindItFollows() {
        #expect(sequencer.received(Fixture.commit(13...14)).texts == ["wait at 10"])
        #expect(sequencer.received(Fixture.commit(16...16)).isEmpty)
        #expect(sequencer.received(Fixture.commit(15...15)).isEmpty)
        #expect(sequencer.waited(at: Version(10)).texts == ["read 10...12"])
        #expect(
            sequencer.page(11...12).texts
                == ["deliver 11,12 to 12", "deliver 13,14 to 14", "deliver 15 to 15", "deliver 16 to 16"])
        #expect(sequencer.counts.healed == [.missingCommit: 1])
    }

    @Test mutating func aSecondGapBehindTheFirstIsWaitedForAndReadToo() {
        #expect(sequencer.received(Fixture.commit(12...12)).texts == ["wait at 10"])
        #expect(sequencer.received(Fixture.commit(15...15)).isEmpty)
        #expect(sequencer.waited(at: Version(10)).texts == ["read 10...11"])
        #expect(sequencer.page(11...11).texts == ["deliver 11 to 11", "deliver 12 to 12", "wait at 12"])
        #expect(sequencer.waited(at: Version(12)).texts == ["read 12...14"])
        #expect(sequencer.page(13...14).texts == ["deliver 13,14 to 14", "deliver 15 to 15"])
    }

    @Test mutating func theMissingCommitThatComesWhileTheGapIsReadIsNotDeliveredTwice() {
        _ = sequencer.received(Fixture.commit(13...13))
        _ = sequencer.waited(at: Version(10))
        #expect(sequencer.received(Fixture.commit(11...12)).isEmpty)
        #expect(sequencer.page(11...12).texts == ["deliver 11,12 to 12", "deliver 13 to 13"])
    }

    @Test mutating func aGapOfManyPagesIsReadPageByPage() {
        _ = sequencer.received(Fixture.commit(20...20))
        _ = sequencer.waited(at: Version(10))
        #expect(sequencer.page(11...14).texts == ["deliver 11,12,13,14 to 14", "read 14...19"])
        #expect(sequencer.page(15...17).texts == ["deliver 15,16,17 to 17", "read 17...19"])
        #expect(sequencer.page(18...19).texts == ["deliver 18,19 to 19", "deliver 20 to 20"])
    }

    @Test mutating func versionsThatWereWrittenOverSinceAreNoGap() {
        _ = sequencer.received(Fixture.commit(20...20))
        _ = sequencer.waited(at: Version(10))
        #expect(sequencer.page(13...13, reached: 19).texts == ["deliver 13 to 19", "deliver 20 to 20"])
    }

    // MARK: Content that is missing

    @Test mutating func aCommitWithoutContentThatIsWantedIsReadAtOnceAndOnce() {
        #expect(sequencer.received(Fixture.commit(11...12, without: .ann)).texts == ["read 10...12"])
        #expect(sequencer.received(Fixture.commit(13...13)).isEmpty)
        #expect(sequencer.page(11...12).texts == ["deliver 11,12 to 12", "deliver 13 to 13"])
        #expect(sequencer.counts.healed == [.missingContent: 1])
    }

    @Test mutating func aCommitWithoutContentThatNobodyWantsMovesThePosition() {
        #expect(sequencer.received(Fixture.commit(11...12, without: .bob)).texts == ["deliver 11,12 to 12"])
    }

    @Test mutating func aCommitIsLookedAtWhenItsTurnComesNotWhenItIsHeard() {
        let interest = Interest(bus: LocalBus())
        sequencer = Sequencer(position: Version(10)) { interest.coverage(without: $0) }
        #expect(sequencer.received(Fixture.commit(13...13, without: .bob)).texts == ["wait at 10"])
        interest.add([.bob])
        #expect(sequencer.received(Fixture.commit(11...12)).texts == ["deliver 11,12 to 12", "read 12...13"])
    }

    // MARK: Heads

    @Test mutating func afterAReadThatFailedTheHeadCheckTriesAgain() {
        _ = sequencer.received(Fixture.commit(13...13))
        _ = sequencer.waited(at: Version(10))
        sequencer.readFailed()
        #expect(sequencer.observed(head: Version(13)).isEmpty)
        #expect(sequencer.observed(head: Version(13)).texts == ["read 10...13"])
        #expect(sequencer.page(11...13).texts == ["deliver 11,12,13 to 13"])
        #expect(sequencer.counts.healed == [.headCheck: 1])
    }

    @Test mutating func afterAReadThatFailedAGapAtTheSamePlaceIsWaitedForAgain() {
        _ = sequencer.received(Fixture.commit(13...13))
        _ = sequencer.waited(at: Version(10))
        sequencer.readFailed()
        #expect(sequencer.received(Fixture.commit(14...14)).texts == ["wait at 10"])
        #expect(sequencer.waited(at: Version(10)).texts == ["read 10...13"])
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
        _ = sequencer.waited(at: Version(10))
        #expect(sequencer.observed(head: Version(13)).isEmpty)
        #expect(sequencer.observed(head: Version(13)).isEmpty)
    }

    @Test mutating func itNeverGoesBack() {
        #expect(sequencer.observed(head: Version(3)).isEmpty)
        #expect(sequencer.observed(head: Version(3)).isEmpty)
        #expect(sequencer.page(1...5).isEmpty)
        #expect(sequencer.position == Version(10))
    }

    // MARK: Bounds

    @Test mutating func whatWaitsBehindAGapIsBoundedAndTheRestIsReadAgain() {
        #expect(sequencer.received(Fixture.commit(12...12)).texts == ["wait at 10"])
        let last = Int64(12 + Sequencer.maximumWaitingCommits + 50)
        for version in 13...last { #expect(sequencer.received(Fixture.commit(version...version)).isEmpty) }
        let actions = sequencer.received(Fixture.commit(11...11))
        #expect(actions.count == 1 + Sequencer.maximumWaitingCommits)
        #expect(sequencer.observed(head: Version(last)).isEmpty)
        #expect(sequencer.observed(head: Version(last)).texts == ["read \(sequencer.position)...\(last)"])
    }

    @Test mutating func whatWaitsBehindAGapIsBoundedInBytes() {
        let megabyte = ByteBuffer(repeating: 0, count: 1 << 20)
        for version in Int64(12)...80 {
            let run = FrameRun(scope: .ann, model: ModelName("task")!, first: Version(version), frames: megabyte)
            let versions = Version(version)...Version(version)
            _ = sequencer.received(Commit(versions: versions, time: Fixture.now, runs: [run]))
        }
        let held = sequencer.received(Fixture.commit(11...11)).count - 1
        #expect(held > 20 && held <= Sequencer.maximumWaitingBytes >> 20)
    }

    // MARK: Everything at once

    @Test(arguments: 0..<400) func whateverTheBusDoesEveryRecordIsDeliveredOnceAndInOrder(seed: Int) {
        var random = Seeded(UInt64(seed))
        var sequencer = Sequencer(position: .zero, coverage: Self.covered)
        var commits: [Commit] = []
        var head: Int64 = 0
        var underWay: [Commit] = []
        var delivered: [Int64] = []
        var reads: [(after: Version, upTo: Version)] = []
        var waits: [Version] = []

        func perform(_ actions: [Sequencer.Action]) {
            for action in actions {
                switch action {
                case .deliver(let delivery):
                    delivered += delivery.versions
                    #expect(delivery.versions.last.map { $0 <= delivery.upTo.number } ?? true)
                    #expect(delivery.upTo <= Version(head))
                case .read(let after, let upTo): reads.append((after, upTo))
                case .wait(let position): waits.append(position)
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
            perform(
                after.number < last
                    ? sequencer.page(after.number + 1...last)
                    : sequencer.received(page: [], upTo: upTo, coverage: Interest.Generation(1)))
        }

        for _ in 0..<300 {
            switch random.upTo(10) {
            case 0...3:
                let count = Int64.random(in: 1...5, using: &random)
                let versions = head + 1...head + count
                commits.append(
                    random.once(in: 4) ? Fixture.commit(versions, without: .ann) : Fixture.commit(versions))
                head += count
                for _ in 0..<random.upTo(2) { underWay.append(commits.last!) }
            case 4...7 where !underWay.isEmpty:
                perform(sequencer.received(underWay.remove(at: random.upTo(underWay.count - 1))))
            case 8:
                perform(sequencer.observed(head: Version(max(0, head - Int64(random.upTo(3))))))
            case 9 where !waits.isEmpty: perform(sequencer.waited(at: waits.removeFirst()))
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

extension Sequencer {
    /// Reports a page with a record of ann's at each of these versions.
    fileprivate mutating func page(_ versions: ClosedRange<Int64>, reached: Int64? = nil) -> [Action] {
        let records = versions.map { Fixture.record(Int($0), version: $0) }
        return received(
            page: FrameRun.runs(of: records, schema: Fixture.schema),
            upTo: Version(reached ?? versions.upperBound), coverage: Interest.Generation(1))
    }
}

extension Delivery {
    /// The versions of its frames.
    fileprivate var versions: [Int64] {
        runs.flatMap { run -> [Int64] in
            var frames = run.frames
            var versions: [Int64] = []
            while let length = Frame.length(in: frames), let frame = frames.readSlice(length: length) {
                if case .update(_, _, let version, _, _) = Frame(frame).content { versions.append(version.number) }
            }
            return versions
        }
    }
}

extension [Sequencer.Action] {
    fileprivate var texts: [String] {
        map { action in
            switch action {
            case .deliver(let delivery):
                "deliver \(delivery.versions.map(String.init).joined(separator: ",")) to \(delivery.upTo)"
            case .read(let after, let upTo): "read \(after)...\(upTo)"
            case .wait(let position): "wait at \(position)"
            }
        }
    }
}
