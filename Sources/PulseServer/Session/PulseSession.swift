import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// One client's conversation in the pulse protocol: its messages in, and the answers to them.
///
/// Messages take effect, and are answered, in the order in which they came. Uploads may overlap on their way through
/// the write queue, which keeps their order; whatever else comes behind them waits until they are answered.
///
/// Sendable because all of it is touched on the connection's event loop only.
final class PulseSession: WebSocketSession, AdmittedSession, @unchecked Sendable {
    let engine: SyncEngine
    let lifetime: SessionLifetime
    private let limits: WireLimits
    let sessionLimits: SessionLimits
    private let registry: SessionRegistry
    let metrics: ServerMetrics
    let traces: Traces

    private(set) var connection: WebSocketConnection?
    private(set) var subscriber: Subscriber?
    private(set) var shard: Shard?
    var uploadsInFlight = 0
    /// What came behind uploads that are still on their way: at most one, for then no more is read.
    var waiting: [Result<RequestDelta, WireError>] = []
    /// Whether the store is asked about a delta request. What comes behind it waits.
    var isLookingUp = false
    /// Whether an upload is with the application's hooks. Nothing behind it is read, so that all stays in order.
    var isInHook = false
    /// Takes that upload on when those before it are answered.
    var waitingForHook: (() -> Void)?
    var hook: Task<Void, Never>?
    var isPaused = false
    /// Whether it ends when what it has taken is answered.
    private(set) var isLeaving = false
    private var errors: MinuteBudget
    private var rate: RateLimit
    /// Has a client that was too fast be read from again.
    var slowdown: Scheduled<Void>?
    /// Gives back the place of an upload that waits until the write queue has room. Nothing behind it is read.
    var leaveQueue: (() -> Void)?

    init(
        engine: SyncEngine, lifetime: SessionLifetime, limits: WireLimits, sessionLimits: SessionLimits,
        registry: SessionRegistry, metrics: ServerMetrics, traces: Traces
    ) {
        self.engine = engine
        self.lifetime = lifetime
        self.limits = limits
        self.sessionLimits = sessionLimits
        errors = MinuteBudget(sessionLimits.errorsPerMinute)
        rate = RateLimit(sessionLimits, now: .now())
        self.registry = registry
        self.metrics = metrics
        self.traces = traces
    }

    // MARK: The connection

    func opened(_ connection: WebSocketConnection) {
        let shard = engine.shard(of: connection.eventLoop)
        self.connection = connection
        self.shard = shard
        subscriber = engine.subscribe(identity, on: shard, outlet: connection)
        registry.add(self, on: connection)
        begin(on: connection)
    }

    func received(text: ByteBuffer) {
        switch rate.received(byteCount: text.readableBytes, now: .now()) {
        case .take: take(text)
        case .refuse(let wait): slowDown(for: wait)
        case .close: connection?.close(code: .policyViolation, reason: "Messages came too fast for too long.")
        }
        adjustReading()
    }

    /// - Parameter mayWait: whether an upload may be kept until the write queue has room.
    func take(_ text: ByteBuffer, mayWait: Bool = true) {
        do throws(WireError) {
            let message = try text.withUnsafeReadableBytes { bytes throws(WireError) in
                try ClientMessage.decode(bytes, limits: limits)
            }
            if mayWait, message.isUpload, waitForRoom(for: text) { return }
            switch message {
            case .requestDelta(let request):
                answer(.success(request))
            case .upload(let upload):
                try submit([upload.item], table: upload.table) { frames, items in
                    frames.appendAckIndividual(table: upload.table, id: items[0].id, result: items[0].result)
                }
            case .batchUpload(let batch):
                try submit(batch.items, table: batch.table) { frames, items in
                    frames.appendBatchAck(table: batch.table, items: items)
                }
            case .auth(let auth):
                renew(by: auth)
            }
        } catch {
            answer(.failure(error))
        }
    }

    func readComplete() {
        connection?.flush()
    }

    func writabilityChanged(_ isWritable: Bool) {
        if isWritable { subscriber?.outletBecameWritable() }
        adjustReading()
    }

    func closed() {
        stop()
        registry.remove(self)
    }

    func stop() {
        subscriber?.close()
        hook?.cancel()
        slowdown?.cancel()
        leaveQueue?()
        leaveQueue = nil
        lifetime.end()
        subscriber = nil
        connection = nil
    }

    var seesToItsEnd: Bool { true }

    func leave() {
        isLeaving = true
        adjustReading()
    }

    /// Answers what needs no commit, once the uploads before it are answered.
    func answer(_ message: Result<RequestDelta, WireError>) {
        guard uploadsInFlight == 0 else {
            waiting.append(message)
            if case .success(let request) = message, engine.schema.model(forTable: request.table, of: identity) != nil {
                subscriber?.expectRequest()
            }
            return
        }
        do throws(WireError) {
            try answer(message.get())
        } catch {
            refuse(error)
        }
    }

    func acknowledgement(expiresIn: Int64?) -> FrameBuffer {
        var frames = FrameBuffer(reserving: 64)
        frames.appendAuthAck(expiresIn: expiresIn)
        return frames
    }

    func refuse(_ error: WireError) {
        metrics.count(error)
        var frames = FrameBuffer()
        frames.appendError(error)
        subscriber?.send(frames)
        connection?.flush()
        if !error.code.isRetryable, !errors.spend(now: .now()) {
            connection?.close(code: .policyViolation, reason: "Too many messages were refused.")
        }
    }
}

extension WebSocketConnection: Outlet {}
