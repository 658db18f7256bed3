import NIOCore
import NIOEmbedded
import PulseEngine
import PulseModel

/// One event loop of a worker, turned by hand.
final class SimShard {
    let loop = EmbeddedEventLoop()
    let shard: Shard
    let pages = FakePages()
    unowned let worker: SimWorker
    var connections: [SimConnection] = []
    /// Pages that were read and are under way back to the loop.
    var arriving: [() -> Void] = []
    /// Deliveries that the worker has made and that have not come to the loop.
    var deliveries: [Delivery] = []

    init(_ worker: SimWorker, position: Version) {
        self.worker = worker
        shard = Shard(eventLoop: loop, position: position, interest: worker.interest)
    }

    var isIdle: Bool { pages.requests.isEmpty && arriving.isEmpty && deliveries.isEmpty }

    /// Takes so many deliveries.
    func takeDeliveries(_ count: Int) {
        for delivery in deliveries.prefix(count) { shard.deliver(delivery) }
        deliveries.removeFirst(min(count, deliveries.count))
    }

    /// Answers all pages, those too that are asked for next.
    func answerAll(from log: MemoryLog) {
        takeDeliveries(.max)
        loop.run()
        while !isIdle {
            while !arriving.isEmpty { arriving.removeFirst()() }
            while !pages.requests.isEmpty { pages.takeFirst().read(log)() }
            loop.run()
        }
    }
}

/// A worker: a write queue, a place in the log, and loops with connections.
final class SimWorker {
    typealias Completion = ([WriteOutcome]?) -> Void

    private unowned let world: World
    let subscriptions: SimSubscriptions
    let interest: Interest
    private(set) var shards: [SimShard] = []
    private var sequencer: Sequencer
    private var queue: [(batch: WriteBatch, completion: Completion)] = []
    /// What is still to be done for a commit that is durable.
    private var afterCommit: (() -> Void)?
    /// Commits that the bus has not brought yet.
    var underWay: [Commit] = []
    private var reading: (after: Version, upTo: Version)?
    /// Gaps at which it waits for what is missing.
    private var waits: [Version] = []

    /// A slow worker lags behind the others, so that a client which comes over from them is ahead of it.
    private let isSlow: Bool

    init(_ world: World, shards count: Int) {
        self.world = world
        isSlow = world.random.once(in: 3)
        let subscriptions = SimSubscriptions()
        let interest = Interest(bus: subscriptions)
        self.subscriptions = subscriptions
        self.interest = interest
        interest.add([.global])
        sequencer = Sequencer(position: world.log.head) { interest.coverage(without: $0) }
        shards = (0..<count).map { _ in SimShard(self, position: world.log.head) }
    }

    var isIdle: Bool {
        queue.isEmpty && afterCommit == nil && underWay.isEmpty && reading == nil && shards.allSatisfy(\.isIdle)
    }

    var position: Version { sequencer.position }

    /// Whether it gets to what it hears just now.
    private var isAwake: Bool { !isSlow || world.isSettling || world.random.once(in: 20) }

    func submit(_ batch: WriteBatch, completion: @escaping Completion) {
        queue.append((batch, completion))
    }

    /// Commits some of what waits, or finishes the commit before.
    func write() {
        if let afterCommit {
            self.afterCommit = nil
            return afterCommit()
        }
        guard !queue.isEmpty else { return }
        let group = Array(queue.prefix(1 + world.random.upTo(3)))
        queue.removeFirst(group.count)
        let mutant = world.mutant
        let batches = group.map { mutant == .judgesWithoutScopes ? world.disguised($0.batch) : $0.batch }
        let keys = Set(batches.flatMap { $0.writes.map(\.key) })
        let hasGap = mutant == .leavesGapsInVersions && world.random.once(in: 8)
        let head = LogHead(version: hasGap ? world.log.head.next : world.log.head, stamp: world.log.stamp)
        let plan = GroupPlan(
            batches, schema: Fixture.schema, head: head, records: world.log.current.filter { keys.contains($0.key) },
            now: Fixture.now)
        let commit = Commit(plan.changes, at: Fixture.now, schema: Fixture.schema)
        if world.random.once(in: 40) {
            if mutant == .publishesBeforeCommit, let commit { world.publish(commit, by: self) }
            afterCommit = { for entry in group { entry.completion(nil) } }
            return
        }
        world.commit(plan, of: group.map(\.batch))
        afterCommit = { [unowned self] in
            for (entry, outcomes) in zip(group, plan.outcomes) { entry.completion(outcomes) }
            if let commit { world.publish(commit, by: self) }
        }
    }

    // MARK: Following the log

    func hearFromBus() {
        guard !underWay.isEmpty, isAwake else { return }
        let isInOrder = !world.random.once(in: 4)
        var commit = underWay.remove(at: isInOrder ? 0 : world.random.upTo(underWay.count - 1))
        if !commit.missing.isEmpty { world.count("commit without all content") }
        if world.mutant == .takesMissingContentForNone {
            commit = Commit(versions: commit.versions, time: commit.time, runs: commit.runs)
        }
        switch world.mutant {
        case .handsOutRepeatedCommits where commit.versions.upperBound <= sequencer.position:
            deliver(Delivery(commit.runs, upTo: sequencer.position, coverage: interest.generation))
        case .skipsGaps where commit.versions.lowerBound > sequencer.position.next && reading == nil:
            sequencer = Sequencer(position: Version(commit.versions.lowerBound.number - 1)) {
                [interest] in interest.coverage(without: $0)
            }
            perform(sequencer.received(commit))
        default:
            perform(sequencer.received(commit))
        }
    }

    func checkHead() {
        guard world.mutant != .losesPublicationsUnnoticed, isAwake else { return }
        perform(sequencer.observed(head: world.log.head))
    }

    func readLog() {
        guard let (after, upTo) = reading else { return }
        reading = nil
        world.count("gap read")
        if world.random.once(in: 20) {
            sequencer.readFailed()
        } else {
            let query = LogQuery(.everything(after: after), upTo: upTo, maximumRecords: 1 + world.random.upTo(5))
            let page = world.log.read(query)
            let coverage = interest.generation
            let runs = FrameRun.runs(of: page.records, schema: Fixture.schema, where: interest.isWanted)
            perform(sequencer.received(page: runs, upTo: page.reached, coverage: coverage))
        }
    }

    /// Lets the time run out that it waits at gaps.
    func endWait() {
        while !waits.isEmpty { perform(sequencer.waited(at: waits.removeFirst())) }
    }

    private func perform(_ actions: [Sequencer.Action]) {
        for action in actions {
            switch action {
            case .deliver(let delivery): deliver(delivery)
            case .read(let after, let upTo): reading = (after, upTo)
            case .wait(let position): waits.append(position)
            }
        }
    }

    private func deliver(_ delivery: Delivery) {
        var (runs, coverage) = (delivery.runs, delivery.coverage)
        if world.mutant == .pushesIntoEveryScope { runs = runs.flatMap(world.inEveryScope) }
        if world.mutant == .coversLatecomers { coverage = Interest.Generation(.max) }
        for place in shards {
            place.deliveries.append(Delivery(runs, upTo: delivery.upTo, coverage: coverage))
            if world.mutant == .pushesDuringDeltas, !place.pages.requests.isEmpty {
                for connection in place.connections { connection.push(runs) }
            }
        }
    }
}
