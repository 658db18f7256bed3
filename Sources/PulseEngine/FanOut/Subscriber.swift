import NIOCore
import PulseModel
import PulseWire

/// One connection as a cursor over the log.
///
/// It is either *live*, and gets what its shard hands out, or it *catches up*: then the shard's news pass it by, and it
/// reads the log, a page at a time and only as fast as its client takes them, until it stands where the shard stands.
/// So a delta, a slow client and a fresh connection are one thing, and none of them keeps more than a page in memory.
///
/// A fresh connection is held for a moment, each model until it is asked for: what the client missed while it was away
/// comes with its first delta, and news must not overtake that (protocol section "Order").
///
/// Sendable because all of it is touched on the shard's event loop only.
public final class Subscriber: @unchecked Sendable {
    /// Records that may wait to be sent again. More are left to the client's next delta.
    package static let maximumRepeats = 4_096
    /// How many of them are read at a time.
    private static let repeatsPerRead = 64
    /// How many times longer a connection is held whose first request has come and cannot be answered yet.
    private static let expectation: Int64 = 30

    /// How long the answer to a fresh connection's request waits for its requests for other tables.
    package static let gathering = TimeAmount.milliseconds(5)

    let scopes: [Scope]
    /// Where the shard has it in its lists, one place a scope.
    var places: [Int] = []
    /// The news that are complete for it, by their coverage, are of this generation or newer.
    var interest = Interest.Generation()
    private let identity: Identity
    private let schema: Schema
    private let shard: Shard
    private let pages: any PageSource
    private let outlet: any Outlet

    /// Nil while the connection is live.
    private var catchUp: CatchUp?
    private var isHeld: Bool
    private var delayedRequests = 0
    private var isReading = false
    private var reading: Task<Void, Never>?
    /// Whether it has read all that it may, and waits for news: held of some models, or ahead of its shard.
    private var isWaiting = false
    private var isClosed = false
    private var isWritten = false
    /// Records to be sent again when the connection has caught up, so that they overtake nothing.
    private var repeats: Set<RecordKey> = []
    private let wording: Wording
    private let hold: TimeAmount
    private let opened: NIODeadline
    /// When the first request began to be answered.
    private var started: NIODeadline?
    private var holdTimer: Scheduled<Void>?
    private var whenLiveActions: [() -> Void] = []

    /// - Parameter hold: how long nothing is sent that was not asked for; nil where nothing need be.
    init(
        _ identity: Identity, _ schema: Schema, on shard: Shard, from catchUp: CatchUp, _ pages: any PageSource,
        _ outlet: any Outlet, hold: TimeAmount?
    ) {
        self.identity = identity
        self.schema = schema
        self.shard = shard
        self.pages = pages
        self.outlet = outlet
        self.catchUp = catchUp
        self.hold = hold ?? .zero
        wording = catchUp.wording
        opened = shard.eventLoop.now
        isHeld = hold != nil
        scopes = schema.scopes(of: identity)
        shard.add(self)
        shard.metrics.catchingUp.add()
        if let hold { release(at: opened + hold) } else { readOn() }
    }

    /// Ends the subscription. Nothing is written any more.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        reading?.cancel()
        holdTimer?.cancel()
        shard.remove(self)
        if catchUp != nil { shard.metrics.catchingUp.add(-1) }
        actWhenLive()
    }

    // MARK: What the client does

    /// Tells a fresh connection that a request has come and will be handed over later: news still must not overtake it.
    public func expectRequest() {
        guard let catchUp, catchUp.isHolding, !isClosed else { return }
        release(at: opened + hold * Self.expectation)
    }

    /// Whether the client has asked for nothing yet, and what it may ask for is held.
    public var isFresh: Bool { catchUp.map { $0.isHolding && $0.generation == 0 } ?? false }

    /// Says that one of several requests is looked into: a connection that is not live yet does not go live with the
    /// others alone. Must be followed by ``requestArrived()``.
    public func requestDelayed() {
        guard catchUp != nil, !isClosed else { return }
        delayedRequests += 1
        isHeld = true
        release(at: shard.eventLoop.now + hold * Self.expectation)
    }

    /// Says that a delayed request has been handed over, or will not be.
    public func requestArrived() {
        guard delayedRequests > 0, !isClosed else { return }
        delayedRequests -= 1
        guard delayedRequests == 0 else { return }
        if let catchUp, catchUp.generation > 0 { start(after: .zero) } else { release(at: shard.eventLoop.now + hold) }
    }

    /// Sends all of a table that changed behind `after`, in version order, and then goes on live.
    public func requestDelta(_ model: Model, as table: String, after: Version) {
        var catchUp = catchUp ?? CatchUp(schema: schema, identity: identity, position: shard.position)
        if self.catchUp == nil { shard.metrics.catchingUp.add() }
        let isFresh = catchUp.isHolding
        catchUp.request(model, as: table, after: after, position: shard.position)
        self.catchUp = catchUp
        // Requests for several tables that come together are answered together, in one order.
        if delayedRequests == 0 { start(after: isFresh ? Self.gathering : .zero) }
    }

    /// Calls `action` once, as soon as the connection has been sent everything that there is, or is closed.
    public func whenLive(_ action: @escaping () -> Void) {
        whenLiveActions.append(action)
        if catchUp == nil || isClosed { actWhenLive() }
    }

    private func actWhenLive() {
        let actions = whenLiveActions
        whenLiveActions = []
        for action in actions { action() }
    }

    /// Begins to answer what has been asked for. Of models that have not, nothing is sent for another while.
    private func start(after delay: TimeAmount) {
        isHeld = false
        let started = started ?? shard.eventLoop.now
        self.started = started
        // Counted from the first request, so that a client which asks for one table again and again gets the others.
        if catchUp?.isHolding == true { release(at: started + hold) } else { holdTimer?.cancel() }
        shard.eventLoop.scheduleTask(in: delay) { self.readOn() }
    }

    private func release(at time: NIODeadline) {
        holdTimer?.cancel()
        holdTimer = shard.eventLoop.scheduleTask(deadline: time) { self.release() }
    }

    /// Sends frames that belong to this connection alone, as soon as it is flushed.
    public func send(_ frames: FrameBuffer) {
        guard !isClosed, !frames.isEmpty else { return }
        write(ByteBuffer(bytes: frames.bytes))
    }

    /// Sends a stored record again: the winner of a conflict, or what a repeated upload had led to.
    ///
    /// It must not overtake what the client has not been sent yet: if the log will bring the record anyway it is left
    /// to the log, and while the connection catches up it waits. Nor may it come behind a newer state of the same
    /// record, which another worker or the log may have brought meanwhile: so it is read again when its turn comes.
    public func sendAgain(_ record: Record, of model: Model) {
        guard !isClosed, record.version <= shard.position, repeats.count < Self.maximumRepeats else { return }
        repeats.insert(record.key)
        fallBehind(after: shard.position)
        shard.eventLoop.execute { self.readOn() }
    }

    /// Reads on where the connection stood when its client took no more.
    public func outletBecameWritable() {
        readOn()
    }

    public func flush() {
        guard isWritten else { return }
        isWritten = false
        if !isClosed { outlet.flush() }
    }

    // MARK: What the log does

    /// Takes news from the shard.
    ///
    /// - Parameter isLast: whether to flush at once, as no more follow in this turn.
    /// - Returns: whether they go out as they are.
    func receive(_ run: FrameRun, isLast: Bool) -> Bool {
        guard !isClosed, !identity.withheld.contains(run.model) else { return false }
        guard catchUp == nil else {
            if isWaiting { shard.eventLoop.execute { self.readOn() } }
            isWaiting = false
            return false
        }
        guard outlet.isWritable else {
            fallBehind(after: Version(run.first.number - 1))
            return false
        }
        if isLast {
            isWritten = false
            writeAtOnce(run.frames)
        } else {
            write(run.frames)
        }
        return true
    }

    /// Takes no more news, and has the log from `position` on to read.
    func fallBehind(after position: Version) {
        guard catchUp == nil else { return }
        catchUp = CatchUp(schema: schema, identity: identity, position: position, wording: wording)
        shard.metrics.catchingUp.add()
        shard.metrics.fellBehind.add()
    }

    private func release() {
        delayedRequests = 0
        isHeld = false
        catchUp?.release()
        readOn()
    }

    /// Reads the next page, or goes live when there is none.
    private func readOn() {
        guard let catchUp, !isHeld, !isReading, !isClosed, outlet.isWritable else { return }
        guard let query = catchUp.query(upTo: shard.position) else {
            isWaiting = catchUp.isHolding || catchUp.isAhead(of: shard.position)
            let keys = repeats.lazy.filter { !catchUp.isHolding($0.model) }.prefix(Self.repeatsPerRead)
            if !keys.isEmpty {
                readRepeats(Array(keys), for: catchUp, at: shard.position)
            } else if !isWaiting {
                self.catchUp = nil
                shard.metrics.catchingUp.add(-1)
                actWhenLive()
            }
            return
        }
        isReading = true
        reading = pages.read(query, for: catchUp) { frames, reached in
            self.shard.eventLoop.execute { self.received(frames, upTo: reached, askedBy: catchUp) }
        }
    }

    private func received(_ frames: ByteBuffer, upTo reached: Version, askedBy asked: CatchUp) {
        guard !isClosed else { return }
        catchUp?.sent(upTo: reached, askedBy: asked)
        writeAtOnce(frames)
        isReading = false
        readOn()
    }

    /// Writes and flushes. What that does to the outlet's writability comes back at once, so it must find everything
    /// that was read noted down, and ``isReading`` still set.
    private func writeAtOnce(_ frames: ByteBuffer) {
        guard frames.readableBytes > 0 else { return }
        outlet.write(frames: frames)
        outlet.flush()
    }

    private func readRepeats(_ keys: [RecordKey], for catchUp: CatchUp, at position: Version) {
        isReading = true
        repeats.subtract(keys)
        reading = pages.read(keys) { records, unread in
            self.shard.eventLoop.execute {
                self.repeats.formUnion(unread)
                self.received(again: records, at: position, askedBy: catchUp)
            }
        }
    }

    private func received(again records: [Record], at position: Version, askedBy asked: CatchUp) {
        guard !isClosed else { return }
        if catchUp?.generation == asked.generation {
            var frames = FrameBuffer()
            // What is newer than the position comes from the log, in its turn.
            for record in records.sorted(by: { $0.version < $1.version }) where record.version <= position {
                if let model = schema[record.key.model] { frames.appendUpdate(record, of: model, as: .push) }
            }
            writeAtOnce(ByteBuffer(bytes: frames.bytes))
        } else {
            // A delta was asked for meanwhile. It goes first.
            repeats.formUnion(records.lazy.map(\.key))
        }
        isReading = false
        readOn()
    }

    private func write(_ frames: ByteBuffer) {
        outlet.write(frames: frames)
        guard !isWritten else { return }
        isWritten = true
        shard.wrote(to: self)
    }
}
