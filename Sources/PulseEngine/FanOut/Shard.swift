import NIOCore
import PulseModel
import Synchronization

/// The connections of one event loop, found by scope, and that loop's place in the log.
///
/// Deliveries and acks come from any thread into one inbox. Acks are taken out at once. Deliveries are taken out together:
/// what came during one turn of the loop costs each connection one write; and after a turn that took long the loop
/// rests as long from handing out, which leaves it half of its time for everything else.
///
/// Sendable because ``inbox`` is a mutex and everything else is touched on ``eventLoop`` only.
public final class Shard: @unchecked Sendable {
    /// What the log brought and the loop has not handed out.
    private struct News {
        var deliveries: [Delivery] = []
        var byteCount = 0
        /// Deliveries up to here were forgotten, because the loop did not keep up or nobody listened.
        var forgottenUpTo: Version?

        var upTo: Version? { deliveries.last?.upTo ?? forgottenUpTo }
    }

    private struct Inbox {
        var actions: [() -> Void] = []
        var news = News()
        var isActing = false
        var isHandingOut = false
        /// Whether there are connections. If not, the loop is not woken for news.
        var isHeard = false
    }

    /// Bytes of deliveries that may wait for the loop. Beyond that they are forgotten, and its connections read the log.
    package static let maximumInboxBytes = 32 << 20

    let eventLoop: any EventLoop
    private let interest: Interest
    private let delays: DelayHistogram
    let metrics: EngineMetrics
    private var handedOut: Version
    private let inbox = Mutex(Inbox())
    private var subscribers: [Scope: [Subscriber]] = [:]
    /// Those that no delivery has been complete for yet.
    private var uncovered: [ObjectIdentifier: Subscriber] = [:]
    /// Those that were written to since the last flush.
    private var written: [Subscriber] = []
    private var isInTurn = false
    /// When news are handed out again.
    private var restsUntil: NIODeadline

    package init(
        eventLoop: any EventLoop, position: Version, interest: Interest, delays: DelayHistogram = DelayHistogram(),
        metrics: EngineMetrics = EngineMetrics()
    ) {
        self.eventLoop = eventLoop
        handedOut = position
        self.interest = interest
        self.delays = delays
        self.metrics = metrics
        restsUntil = eventLoop.now
    }

    /// Everything up to here has been handed to the connections of this loop.
    public var position: Version {
        subscribers.isEmpty ? inbox.withLock(\.news.upTo) ?? handedOut : handedOut
    }

    /// Hands a stretch of the log to this loop. From any thread; stretches must come in version order.
    package func deliver(_ delivery: Delivery) {
        let mustSchedule = inbox.withLock { inbox in
            if inbox.isHeard, inbox.news.byteCount + delivery.byteCount <= Self.maximumInboxBytes {
                inbox.news.deliveries.append(delivery)
                inbox.news.byteCount += delivery.byteCount
            } else {
                inbox.news = News(forgottenUpTo: delivery.upTo)
            }
            guard inbox.isHeard, !inbox.isHandingOut else { return false }
            inbox.isHandingOut = true
            return true
        }
        if mustSchedule { eventLoop.execute { self.handOut() } }
    }

    /// Runs `action` on the loop, before any delivery that is handed over later. From any thread.
    ///
    /// Acks go this way, so that they reach the uploader before its own echo.
    public func perform(_ action: @escaping @Sendable () -> Void) {
        let mustSchedule = inbox.withLock { inbox in
            inbox.actions.append(action)
            defer { inbox.isActing = true }
            return !inbox.isActing
        }
        if mustSchedule { eventLoop.execute { self.act() } }
    }

    private func act() {
        let actions = inbox.withLock { inbox in
            defer {
                inbox.actions = []
                inbox.isActing = false
            }
            return inbox.actions
        }
        turn { for action in actions { action() } }
    }

    private func handOut() {
        let start = eventLoop.now
        guard start >= restsUntil else {
            eventLoop.scheduleTask(deadline: restsUntil) { self.handOut() }
            return
        }
        let news = inbox.withLock { inbox in
            defer {
                inbox.news = News()
                inbox.isHandingOut = false
            }
            return inbox.news
        }
        // After the news are taken: an ack that belongs before them is among these actions, or has been performed.
        act()
        turn {
            // Among them may be the first connection, which comes behind what nobody heard.
            guard let upTo = news.upTo, upTo > handedOut else { return }
            if let forgottenUpTo = news.forgottenUpTo { skip(to: forgottenUpTo) }
            if !news.deliveries.isEmpty { hand(out: news.deliveries) }
        }
        delays.record(news.deliveries.lazy.compactMap(\.committed))
        let end = eventLoop.now
        restsUntil = end + (end - start)
    }

    /// Runs `work`, and then flushes once whatever it wrote to.
    private func turn(_ work: () -> Void) {
        isInTurn = true
        work()
        isInTurn = false
        flush()
    }

    /// Makes every connection read the log from here on up to `version`.
    private func skip(to version: Version) {
        let everyone = Array(subscribers.values.joined())
        pass(by: everyone) { handedOut = version }
    }

    private func hand(out deliveries: [Delivery]) {
        // What covers the first of them covers all, as the coverage only grows.
        if !uncovered.isEmpty { uncovered = uncovered.filter { $0.value.interest > deliveries[0].coverage } }
        pass(by: Array(uncovered.values)) {
            write(deliveries)
            handedOut = deliveries[deliveries.count - 1].upTo
        }
    }

    /// Moves on in a way that some connections do not take part in: they read the log for it.
    private func pass(by subscribers: [Subscriber], _ move: () -> Void) {
        for subscriber in subscribers { subscriber.fallBehind(after: handedOut) }
        move()
        for subscriber in subscribers { subscriber.outletBecameWritable() }
    }

    private func write(_ deliveries: [Delivery]) {
        var joined: FrameRun?
        for run in deliveries.lazy.flatMap(\.runs) where subscribers[run.scope] != nil {
            if joined?.scope == run.scope, joined?.model == run.model {
                joined?.frames.writeImmutableBuffer(run.frames)
            } else {
                if let joined { write(joined, isLast: false) }
                joined = run
            }
        }
        if let joined { write(joined, isLast: true) }
    }

    /// - Parameter isLast: whether this turn brings no more: then each connection is flushed while the processor still
    ///   has it at hand.
    private func write(_ run: FrameRun, isLast: Bool) {
        guard let receivers = subscribers[run.scope] else { return }
        var takers = 0
        for subscriber in receivers where subscriber.receive(run, isLast: isLast) { takers += 1 }
        metrics.pushes.add(takers * run.frameCount)
        metrics.pushedBytes.add(takers * run.frames.readableBytes)
    }

    // MARK: Connections

    func add(_ subscriber: Subscriber) {
        eventLoop.assertInEventLoop()
        if subscribers.isEmpty { hear() }
        subscriber.places = subscriber.scopes.map { scope in
            subscribers[scope, default: []].append(subscriber)
            return subscribers[scope]!.count - 1
        }
        subscriber.interest = interest.add(subscriber.scopes)
        uncovered[ObjectIdentifier(subscriber)] = subscriber
    }

    func remove(_ subscriber: Subscriber) {
        eventLoop.assertInEventLoop()
        for (scope, place) in zip(subscriber.scopes, subscriber.places) {
            // The last one takes the place of the one that leaves.
            let last = subscribers[scope]!.removeLast()
            if last !== subscriber {
                subscribers[scope]![place] = last
                last.places[last.scopes.firstIndex(of: scope)!] = place
            }
            if subscribers[scope]!.isEmpty { subscribers[scope] = nil }
        }
        interest.remove(subscriber.scopes)
        uncovered[ObjectIdentifier(subscriber)] = nil
        if subscribers.isEmpty { inbox.withLock { $0.isHeard = false } }
    }

    /// Takes news from here on. What came before is none to the first connection.
    private func hear() {
        handedOut = inbox.withLock { inbox in
            defer {
                inbox.news = News()
                inbox.isHeard = true
            }
            return inbox.news.upTo ?? handedOut
        }
    }

    /// Remembers that a connection has frames to flush when this turn of the loop is done.
    func wrote(to subscriber: Subscriber) {
        if written.isEmpty, !isInTurn { eventLoop.execute { self.flush() } }
        written.append(subscriber)
    }

    private func flush() {
        let written = written
        self.written.removeAll(keepingCapacity: true)
        for subscriber in written { subscriber.flush() }
    }
}
