import Logging
import NIOCore
import PulseEngine
import PulseMetrics
import PulseModel
import PulseWire

/// One client's conversation in the pulse protocol: its messages in, and the answers to them.
///
/// Messages take effect, and are answered, in the order in which they came. Uploads may overlap on their way through
/// the write queue, which keeps their order; whatever else comes behind them waits until they are answered.
///
/// Sendable because all of it is touched on the connection's event loop only.
final class PulseSession: WebSocketSession, @unchecked Sendable {
    let engine: SyncEngine
    let lifetime: SessionLifetime
    private let limits: WireLimits
    private let sessionLimits: SessionLimits
    private let rateLimited: Counter
    private let registry: SessionRegistry
    private let metrics: ServerMetrics
    private let traces: Traces
    private let logger: Logger

    private(set) var connection: WebSocketConnection?
    private(set) var subscriber: Subscriber?
    private var shard: Shard?
    private var uploadsInFlight = 0
    /// What came behind uploads that are still on their way: at most one, for then no more is read.
    private var waiting: [Result<RequestDelta, WireError>] = []
    /// Whether the store is asked about a delta request. What comes behind it waits.
    private var isLookingUp = false
    /// Whether an upload is with the application's hooks. Nothing behind it is read, so that all stays in order.
    private var isInHook = false
    /// Takes that upload on when those before it are answered.
    private var waitingForHook: (() -> Void)?
    private var hook: Task<Void, Never>?
    private var isPaused = false
    /// Whether it ends when what it has taken is answered.
    private var isLeaving = false
    private var errors: MinuteBudget
    private var rate: RateLimit
    /// Has a client that was too fast be read from again.
    private var slowdown: Scheduled<Void>?
    /// Gives back the place of an upload that waits until the write queue has room. Nothing behind it is read.
    private var leaveQueue: (() -> Void)?

    /// - Parameter rateLimited: counts messages that came too fast.
    init(
        engine: SyncEngine, lifetime: SessionLifetime, limits: WireLimits, sessionLimits: SessionLimits,
        rateLimited: Counter,
        registry: SessionRegistry, metrics: ServerMetrics, traces: Traces, logger: Logger
    ) {
        self.engine = engine
        self.lifetime = lifetime
        self.limits = limits
        self.sessionLimits = sessionLimits
        self.rateLimited = rateLimited
        errors = MinuteBudget(sessionLimits.errorsPerMinute)
        rate = RateLimit(sessionLimits, now: .now())
        self.registry = registry
        self.metrics = metrics
        self.traces = traces
        self.logger = logger
    }

    /// For whom the connection speaks just now. The user never changes.
    var identity: Identity { lifetime.identity }

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
    private func take(_ text: ByteBuffer, mayWait: Bool = true) {
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

    /// Refuses a message that came too fast, and reads no more for a while.
    private func slowDown(for wait: TimeAmount) {
        rateLimited.add()
        slowdown = connection?.eventLoop.scheduleTask(in: wait) {
            self.slowdown = nil
            self.adjustReading()
        }
        answer(.failure(WireError(.rateLimited, "Too fast. Send it again in \(wait.nanoseconds / 1_000_000) ms.")))
    }

    /// Keeps an upload while too much waits to be written.
    ///
    /// - Returns: whether it has to wait.
    private func waitForRoom(for text: ByteBuffer) -> Bool {
        guard let shard else { return false }
        leaveQueue = engine.waitForRoom(for: text.readableBytes) {
            shard.perform {
                guard let leave = self.leaveQueue else { return }
                self.leaveQueue = nil
                self.take(text, mayWait: false)
                leave()
                self.adjustReading()
            }
        }
        // A first request may stand behind it.
        if leaveQueue != nil { subscriber?.expectRequest() }
        return leaveQueue != nil
    }

    func readComplete() {
        connection?.flush()
    }

    func writabilityChanged(_ isWritable: Bool) {
        if isWritable { subscriber?.outletBecameWritable() }
        adjustReading()
    }

    func closed() {
        subscriber?.close()
        hook?.cancel()
        slowdown?.cancel()
        leaveQueue?()
        leaveQueue = nil
        lifetime.end()
        registry.remove(self)
        subscriber = nil
        connection = nil
    }

    var seesToItsEnd: Bool { true }

    /// Ends the connection so that the client comes back to another worker, or to this one after its restart. Nothing more
    /// is read from it, and what has been taken is answered first.
    func leave() {
        isLeaving = true
        adjustReading()
    }

    /// A client that is not read by, or that has enough on its way, is not listened to.
    private func adjustReading() {
        guard let connection else { return }
        if isLeaving, uploadsInFlight == 0, !isInHook {
            connection.close(code: .serviceRestart, reason: "The server restarts.")
        }
        let mustPause =
            uploadsInFlight >= sessionLimits.uploadsInFlight || !waiting.isEmpty || isLookingUp || isInHook
            || isLeaving || slowdown != nil || leaveQueue != nil || !connection.isWritable
        guard mustPause != isPaused else { return }
        isPaused = mustPause
        if mustPause { connection.pauseReading() } else { connection.resumeReading() }
    }

    /// Answers what needs no commit, once the uploads before it are answered.
    private func answer(_ message: Result<RequestDelta, WireError>) {
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

    // MARK: Deltas

    private func answer(_ request: RequestDelta) throws(WireError) {
        guard let subscriber, let shard, let model = engine.schema.model(forTable: request.table, of: identity) else {
            throw .unknownTable(request.table)
        }
        if request.lastVersion <= shard.position {
            begin(request, of: model, for: subscriber)
            return
        }
        // This worker may lag behind another that the client was connected to; only the store knows.
        isLookingUp = true
        subscriber.requestDelayed()
        Task { [engine] in
            let head = try? await engine.store.head()
            shard.perform {
                self.isLookingUp = false
                guard let subscriber = self.subscriber else { return }
                if let head, request.lastVersion <= head {
                    self.begin(request, of: model, for: subscriber)
                } else {
                    self.refuse(head.map { .cursorAhead(request, head: $0) } ?? .unavailable(request.table))
                }
                subscriber.requestArrived()
                self.adjustReading()
            }
        }
    }

    private func begin(_ request: RequestDelta, of model: Model, for subscriber: Subscriber) {
        metrics.deltas.add()
        let trace = traces.delta(of: model.name, after: request.lastVersion)
        subscriber.requestDelta(model, as: request.table, after: request.lastVersion)
        if trace.isRecording { subscriber.whenLive { trace.end() } }
    }

    // MARK: Uploads

    /// What an item is acknowledged by, and what became of it.
    private typealias Answers = [(id: JSONValue, result: ItemResult)]

    /// Items that have been read, each with what it asks for or why it is refused.
    private typealias Checked = [(id: JSONValue, write: Result<Write, ItemError>)]

    private func submit(
        _ items: [UploadItem], table: String, acknowledge: @escaping @Sendable (inout FrameBuffer, Answers) -> Void
    ) throws(WireError) {
        guard let shard, let model = engine.schema.model(forTable: table, of: identity) else {
            throw .unknownTable(table)
        }
        metrics.uploads.add()
        let trace = traces.upload(of: model.name, count: items.count)
        let checked = items.map { item in
            (
                id: item.echoedID,
                write: Result { () throws(ItemError) in Write(try item.change(of: model, by: identity)) }
            )
        }
        guard engine.hasHook(for: model.name) else {
            return try submit(checked, of: model, table: table, trace: trace, acknowledge: acknowledge)
        }
        pass(checked, of: model, table: table, on: shard, trace: trace, acknowledge: acknowledge)
    }

    /// Takes items through the model's hook, when the uploads before them are stored and it can see that.
    private func pass(
        _ checked: Checked, of model: Model, table: String, on shard: Shard, trace: Trace,
        acknowledge: @escaping @Sendable (inout FrameBuffer, Answers) -> Void
    ) {
        // What waits for a hook is on its way, and nothing behind it is read.
        isInHook = true
        guard uploadsInFlight == 0 else {
            waitingForHook = {
                self.pass(checked, of: model, table: table, on: shard, trace: trace, acknowledge: acknowledge)
            }
            return
        }
        // News must not overtake a first request that may stand behind.
        let isFresh = subscriber?.isFresh == true
        if isFresh { subscriber?.requestDelayed() }
        hook = Task { [engine, identity] in
            let writes = checked.compactMap { try? $0.write.get() }
            let passed: Result<[Result<Write, ItemError>], WriteError>
            do throws(WriteError) {
                passed = .success(try await engine.pass(writes, of: model, by: identity))
            } catch {
                passed = .failure(error)
            }
            shard.perform {
                self.isInHook = false
                guard self.connection != nil else { return trace.end() }
                if case .failure(let error) = passed { trace.end(error) }
                do throws(WireError) {
                    let writes = try passed.mapError { WireError($0, table: table) }.get()
                    var next = writes.makeIterator()
                    let checked = checked.map { item in (id: item.id, write: item.write.flatMap { _ in next.next()! }) }
                    try self.submit(checked, of: model, table: table, trace: trace, acknowledge: acknowledge)
                } catch {
                    self.answer(.failure(error))
                }
                if isFresh { self.subscriber?.requestArrived() }
                self.adjustReading()
            }
        }
    }

    private func submit(
        _ checked: Checked, of model: Model, table: String, trace: Trace,
        acknowledge: @escaping @Sendable (inout FrameBuffer, Answers) -> Void
    ) throws(WireError) {
        guard let shard else { return }
        let batch = WriteBatch(author: .client(identity), writes: checked.compactMap { try? $0.write.get() })
        do throws(WriteError) {
            try engine.submit(batch) { result in
                // Acks go ahead of the pushes that the same commit causes.
                shard.perform {
                    switch result {
                    case .success(let outcomes):
                        var next = outcomes.makeIterator()
                        let settled = checked.map { item -> (JSONValue, Result<WriteOutcome, ItemError>) in
                            (item.id, item.write.map { _ in next.next()! })
                        }
                        self.acknowledge(settled, of: model, with: acknowledge)
                        trace.end(settled.lazy.map(\.1))
                    case .failure(let error):
                        trace.end(error)
                        self.refuse(WireError(error, table: table))
                    }
                    self.uploadEnded()
                }
            }
        } catch {
            trace.end(error)
            throw WireError(error, table: table)
        }
        uploadsInFlight += 1
    }

    private func acknowledge(
        _ settled: [(id: JSONValue, outcome: Result<WriteOutcome, ItemError>)], of model: Model,
        with acknowledge: (inout FrameBuffer, Answers) -> Void
    ) {
        metrics.count(settled.lazy.map(\.outcome))
        guard let subscriber else { return }
        var frames = FrameBuffer(reserving: 64 + 48 * settled.count)
        acknowledge(&frames, settled.map { (id: $0.id, result: ItemResult($0.outcome)) })
        subscriber.send(frames)
        for case .success(let outcome) in settled.lazy.map(\.outcome) {
            switch outcome {
            // The client converges at once: on the version its own write got, or on the winner.
            case .repeated(let record), .conflict(let record): subscriber.sendAgain(record, of: model)
            case .accepted, .rejected: break
            }
        }
    }

    private func uploadEnded() {
        uploadsInFlight -= 1
        if uploadsInFlight == 0 {
            let messages = waiting
            waiting = []
            for message in messages { answer(message) }
            let passing = waitingForHook
            waitingForHook = nil
            passing?()
        }
        adjustReading()
    }
}

extension ItemResult {
    init(_ outcome: Result<WriteOutcome, ItemError>) {
        switch outcome {
        case .success(.accepted), .success(.repeated): self = .synced
        case .success(.conflict): self = .conflict
        case .success(.rejected(let error)), .failure(let error): self = .failed(error)
        }
    }
}

extension WireError {
    fileprivate static func unknownTable(_ table: String) -> WireError {
        WireError(.unknownTable, "There is no table of this name.", table: table)
    }

    fileprivate static func cursorAhead(_ request: RequestDelta, head: Version) -> WireError {
        WireError(
            .cursorAhead,
            "last_version \(request.lastVersion) lies beyond the newest version, \(head): sync this table from 0.",
            table: request.table)
    }

    fileprivate init(_ error: WriteError, table: String) {
        switch error {
        case .busy:
            self.init(.busy, "Too much is waiting to be written. Send it again.", table: table)
        case .storeFull:
            self.init(.storeFull, "The store is full. Only deletes may be taken just now.", table: table)
        case .closed:
            self.init(.busy, "The server restarts. Connect again and send it again.", table: table)
        case .readOnly:
            self.init(.readOnlyTable, "You may read this table, and not write it.", table: table)
        case .tooLarge:
            self.init(.tooLarge, "The records of this batch are too large together. Send fewer.", table: table)
        case .unavailable:
            self = .unavailable(table)
        }
    }

    fileprivate static func unavailable(_ table: String) -> WireError {
        WireError(.storeUnavailable, "The store does not answer just now. Send it again.", table: table)
    }
}

extension WebSocketConnection: Outlet {}
