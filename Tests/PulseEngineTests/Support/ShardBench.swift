import NIOCore
import NIOEmbedded
import PulseEngine
import PulseMetrics
import PulseModel
import PulseWire

/// A shard on a loop that the test turns, over a log in memory.
final class ShardBench {
    let loop = EmbeddedEventLoop()
    let shard: Shard
    let interest = Interest(bus: LocalBus())
    let pages = FakePages()
    let metrics = MetricRegistry()
    private(set) var log = MemoryLog()
    static let hold = TimeAmount.seconds(1)

    /// A bench whose log has `history`, and a shard that stands at its end.
    init(_ history: [Record] = []) {
        _ = log.append(history)
        shard = Shard(eventLoop: loop, position: log.head, interest: interest, metrics: EngineMetrics(metrics))
    }

    /// Puts records into the log and has the shard hand them out.
    func commit(_ records: Record...) {
        append(records)
        deliver(records)
        loop.run()
    }

    /// Puts records into the log only.
    func append(_ records: [Record]) {
        if let fault = log.append(records) { preconditionFailure(fault) }
    }

    /// - Parameter coverage: nil for what covers every connection that there is now.
    func deliver(_ records: [Record], coverage: Interest.Generation? = nil) {
        shard.deliver(
            Delivery(
                FrameRun.runs(of: records, schema: Fixture.schema), upTo: records.last!.version,
                coverage: coverage ?? interest.generation))
    }

    /// Lets a turn of the loop pass, long enough for a fresh connection's requests to be taken together.
    func turn() {
        loop.advanceTime(by: Subscriber.gathering)
    }

    /// Lets every hold run out, and what waited for that be read.
    func endHold() {
        loop.advanceTime(by: Self.hold)
        settle()
    }

    /// Reads and delivers pages until no connection asks for one.
    func settle(maximumRecords: Int = 512) {
        turn()
        while !pages.requests.isEmpty { answer(maximumRecords: maximumRecords) }
    }

    /// Reads and delivers one page.
    func answer(maximumRecords: Int = 512) {
        pages.takeFirst().read(log, maximumRecords: maximumRecords)()
        loop.run()
    }

    /// A connection as it is right after the handshake: held.
    func connect(_ identity: Identity = Fixture.ann) -> (subscriber: Subscriber, outlet: FakeOutlet) {
        let outlet = FakeOutlet()
        let subscriber = Subscriber(
            identity: identity, schema: Fixture.schema, shard: shard, pages: pages, outlet: outlet, hold: Self.hold)
        return (subscriber, outlet)
    }

    /// A connection that has been held for its time and is live.
    func connectLive(_ identity: Identity = Fixture.ann) -> (subscriber: Subscriber, outlet: FakeOutlet) {
        let connection = connect(identity)
        endHold()
        return connection
    }
}

extension Subscriber {
    func request(_ model: Model = Fixture.task, as table: String? = nil, after version: Int64) {
        requestDelta(model, as: table ?? model.name.text, after: Version(version))
    }

    func sendAck() {
        var frames = FrameBuffer()
        frames.appendAckIndividual(table: "task", id: .null, result: .synced)
        send(frames)
    }
}
