import NIOCore
import PulseModel
import Synchronization

/// The connections of one event loop, found by scope, and that loop's place in the log.
///
/// Deliveries and acks come from any thread into one inbox and are taken out together: what came during one turn of
/// the loop costs each connection one write.
///
/// Sendable because ``inbox`` is a mutex and everything else is touched on ``eventLoop`` only.
public final class Shard: @unchecked Sendable {
    private struct Inbox {
        var actions: [() -> Void] = []
        var deliveries: [Delivery] = []
        var deliveryBytes = 0
        /// Deliveries up to here were forgotten, because the loop did not keep up.
        var forgottenUpTo: Version?
        var isScheduled = false
    }

    /// Bytes of deliveries that may wait for the loop. Beyond that they are forgotten, and its connections read the log.
    package static let maximumInboxBytes = 32 << 20

    let eventLoop: any EventLoop
    /// Everything up to here has been handed to the connections of this loop.
    public private(set) var position: Version
    private let inbox = Mutex(Inbox())
    private var subscribers: [Scope: [Subscriber]] = [:]
    /// Those that were written to since the last flush.
    private var written: [Subscriber] = []
    private var isDraining = false

    package init(eventLoop: any EventLoop, position: Version) {
        self.eventLoop = eventLoop
        self.position = position
    }

    /// Hands a stretch of the log to this loop. From any thread; stretches must come in version order.
    package func deliver(_ delivery: Delivery) {
        enqueue { inbox in
            if inbox.deliveryBytes + delivery.byteCount > Self.maximumInboxBytes {
                inbox.deliveries = []
                inbox.deliveryBytes = 0
                inbox.forgottenUpTo = delivery.upTo
            } else {
                inbox.deliveries.append(delivery)
                inbox.deliveryBytes += delivery.byteCount
            }
        }
    }

    /// Runs `action` on the loop, before any delivery that is handed over later. From any thread.
    ///
    /// Acks go this way, so that they reach the uploader before its own echo.
    public func perform(_ action: @escaping @Sendable () -> Void) {
        enqueue { $0.actions.append(action) }
    }

    private func enqueue(_ add: (inout sending Inbox) -> Void) {
        let mustSchedule = inbox.withLock { inbox in
            add(&inbox)
            defer { inbox.isScheduled = true }
            return !inbox.isScheduled
        }
        if mustSchedule { eventLoop.execute { self.drain() } }
    }

    private func drain() {
        let taken = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
        isDraining = true
        // An action in here is at least as old as a delivery that must come behind it, never younger.
        for action in taken.actions { action() }
        if let forgottenUpTo = taken.forgottenUpTo { skip(to: forgottenUpTo) }
        hand(out: taken.deliveries)
        isDraining = false
        flush()
    }

    /// Makes every connection read the log from here on up to `version`.
    private func skip(to version: Version) {
        let everyone = subscribers.values.joined()
        for subscriber in everyone { subscriber.fallBehind(after: position) }
        position = version
        for subscriber in everyone { subscriber.outletBecameWritable() }
    }

    private func hand(out deliveries: [Delivery]) {
        guard let upTo = deliveries.last?.upTo else { return }
        var joined: Delivery.Run?
        for run in deliveries.lazy.flatMap(\.runs) where subscribers[run.scope] != nil {
            if joined?.scope == run.scope {
                joined?.frames.writeImmutableBuffer(run.frames)
            } else {
                if let joined { write(joined) }
                joined = run
            }
        }
        if let joined { write(joined) }
        position = upTo
    }

    private func write(_ run: Delivery.Run) {
        guard let receivers = subscribers[run.scope] else { return }
        for subscriber in receivers { subscriber.receive(run) }
    }

    // MARK: Connections

    func add(_ subscriber: Subscriber) {
        eventLoop.assertInEventLoop()
        for scope in subscriber.scopes { subscribers[scope, default: []].append(subscriber) }
    }

    func remove(_ subscriber: Subscriber) {
        eventLoop.assertInEventLoop()
        for scope in subscriber.scopes {
            guard let index = subscribers[scope]?.firstIndex(where: { $0 === subscriber }) else { continue }
            let last = subscribers[scope]!.count - 1
            subscribers[scope]!.swapAt(index, last)
            subscribers[scope]!.removeLast()
            if last == 0 { subscribers[scope] = nil }
        }
    }

    /// Remembers that a connection has frames to flush when this turn of the loop is done.
    func wrote(to subscriber: Subscriber) {
        if written.isEmpty, !isDraining { eventLoop.execute { self.flush() } }
        written.append(subscriber)
    }

    private func flush() {
        let written = written
        self.written.removeAll(keepingCapacity: true)
        for subscriber in written { subscriber.flush() }
    }
}
