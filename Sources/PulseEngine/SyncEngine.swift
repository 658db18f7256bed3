import Logging
import NIOCore
import PulseMetrics
import PulseModel
import PulseWire

/// The sync itself, between the store and the connections of one worker.
///
/// An upload goes through the write queue into the store, from there over the bus to the follower, which puts all
/// workers' commits in order, and on to the shards, which hand it to the connections.
public final class SyncEngine: Sendable {
    public struct Configuration: Sendable {
        /// How often the position is compared with the store's head. A change that the bus lost is found within two
        /// of these.
        public var headCheckInterval: Duration = .seconds(1)
        /// How long a fresh connection gets no news unless it asks for its first delta.
        public var hold: Duration = .seconds(1)
        /// How long a commit is waited for when another worker's has overtaken it. Then the log is read.
        public var patience: Duration = .milliseconds(20)
        /// A scope's changes are followed for one to two of these after its last connection has gone.
        public var interestInterval: Duration = .seconds(30)
        /// How many pages of the log are read and encoded at a time for connections that catch up; at least 1.
        /// As many as suit the store, if nil.
        public var pagesAtOnce: Int?
        /// What may wait to be written.
        public var queue = QueueLimits()
        /// When the store is full, if it is a ``MeasuredStore``.
        public var storeLimits = StoreLimits()
        /// How often the store is measured.
        public var measureInterval: Duration = .seconds(1)
        /// How often what is older than its retention is purged.
        public var purgeInterval: Duration = .seconds(300)
        /// How often ``report()`` is logged where it has changed.
        public var reportInterval: Duration = .seconds(60)

        public init() {}
    }

    public let schema: Schema
    public let store: any ChangeStore
    /// The server's own reads and writes.
    public var records: Records { Records(engine: self) }

    let queue: WriteQueue
    private let gate: HookGate
    private let bus: any ChangeBus
    private let interest: Interest
    private let delays: DelayHistogram
    private let follower: LogFollower
    private let shards: [ObjectIdentifier: Shard]
    /// Those of connections that are sent entries.
    private let entryShards: [ObjectIdentifier: Shard]
    private let entryFollower: EntryFollower
    /// Models that clients of the pulse protocol do not see.
    private let schemaless: Set<ModelName>
    private let configuration: Configuration
    let pages: StorePages
    private let gauge: StoreGauge
    private let retention: RetentionTask
    let progress: Progress
    let revocations: Revocations
    let clock: @Sendable () -> Timestamp
    let logger: Logger

    /// Prepares an engine that stands at the store's head.
    ///
    /// - Parameters:
    ///   - hooks: the application's own code, by model.
    ///   - eventLoops: the loops whose connections the engine serves.
    ///   - metrics: where it makes its metrics.
    /// - Throws: ``StoreError`` when the store cannot be read.
    public init(
        schema: Schema, hooks: [ModelName: ModelHooks] = [:], store: any ChangeStore, bus: any ChangeBus = LocalBus(),
        eventLoops: [any EventLoop],
        configuration: Configuration = Configuration(), metrics registry: MetricRegistry = MetricRegistry(),
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = WorkerClock().now
    ) async throws(StoreError) {
        // A hook under a wrong name would be no hook, and nobody would notice.
        for name in hooks.keys where schema[name] == nil {
            fatalError("there are hooks for '\(name)', which is no model")
        }
        let begin = try await store.position()
        let interest = Interest(bus: bus)
        let metrics = EngineMetrics(registry)
        let delays = DelayHistogram(metrics.deliverySeconds, clock: clock)
        let progress = Progress(at: begin.head)
        let shards = eventLoops.map {
            Shard(eventLoop: $0, position: begin.head, interest: interest, delays: delays, metrics: metrics)
        }
        // The log is read for these, and no bus is asked.
        let entryInterest = Interest(bus: LocalBus())
        let entryShards = eventLoops.map {
            Shard(eventLoop: $0, position: begin.head, interest: entryInterest, metrics: metrics)
        }
        entryFollower = EntryFollower(
            schema: schema, store: store, progress: progress, start: begin.head, interest: entryInterest,
            metrics: metrics, logger: logger
        ) { delivery in
            for shard in entryShards { shard.deliver(delivery) }
        }
        self.entryShards = Dictionary(uniqueKeysWithValues: entryShards.map { (ObjectIdentifier($0.eventLoop), $0) })
        schemaless = Set(schema.models.filter(\.isSchemaless).map(\.name))
        self.schema = schema
        self.store = store
        self.bus = bus
        self.configuration = configuration
        self.shards = Dictionary(uniqueKeysWithValues: shards.map { (ObjectIdentifier($0.eventLoop), $0) })
        let readGate = ReadGate(width: configuration.pagesAtOnce ?? store.pagesAtOnce)
        registry.gauge("pulse_waiting_page_reads", "Connections that catch up and wait for their turn to read.") {
            Double(readGate.waitingCount)
        }
        pages = StorePages(store: store, gate: readGate, metrics: metrics, logger: logger)
        gate = HookGate(hooks: hooks, store: store, logger: logger)
        queue = WriteQueue(
            schema: schema, resolutions: hooks.compactMapValues(\.resolve), store: store, limits: configuration.queue,
            clock: clock, metrics: metrics, logger: logger
        ) { bus.publish($0) }
        gauge = StoreGauge(store, limits: configuration.storeLimits, queue: queue, metrics: registry, logger: logger)
        retention = RetentionTask(schema, store: store, metrics: registry, logger: logger, clock: clock)
        follower = LogFollower(
            schema: schema, store: store, epoch: begin.epoch, position: begin.head, interest: interest,
            patience: configuration.patience, metrics: metrics, logger: logger
        ) { delivery in
            for shard in shards { shard.deliver(delivery) }
            progress.advance(to: delivery.upTo)
        }
        self.progress = progress
        revocations = try await Revocations(in: store, of: schema, at: begin.head, logger: logger, clock: clock)
        self.clock = clock
        self.interest = interest
        self.delays = delays
        self.logger = logger
        registry.observe(queue)
        registry.observe(follower)
        registry.observe(bus)
        // Everybody is in the global scope.
        if schema.models.contains(where: { $0.audience == .global && !$0.isSchemaless }) { interest.add([.global]) }
        await gauge.measure()
    }

    /// Follows the log until the task is cancelled.
    ///
    /// - Parameter onRevocation: called when the log brings an operator's decision, of this worker or another, and it is in force
    ///   here. One may be told again.
    /// - Throws: ``StoreError``, `unusable`, when the store has another log than before: what clients have got of the
    ///   old one is worth nothing, so this worker must end, and its clients must come back to one that begins anew.
    public func run(onRevocation: @escaping @Sendable (Revocation) -> Void = { _ in }) async throws(StoreError) {
        let failure = await withTaskGroup(of: StoreError?.self) { group in
            group.addTask {
                await self.bus.run { await self.follower.received($0) }
                return nil
            }
            group.addTask {
                await self.every(self.configuration.headCheckInterval) { () async throws(StoreError) in
                    try await self.follower.checkHead()
                }
            }
            group.addTask {
                await self.revocations.follow(self.progress, onRevocation)
                return nil
            }
            group.addTask {
                await self.entryFollower.run()
                return nil
            }
            group.addTask {
                await self.every(self.configuration.interestInterval) {
                    self.interest.sweep()
                    self.entryFollower.interest.sweep()
                }
            }
            group.addTask { await self.every(self.configuration.measureInterval) { await self.measureStore() } }
            group.addTask {
                await self.retention.run()
                return await self.every(self.configuration.purgeInterval) { await self.retention.run() }
            }
            group.addTask {
                var last: FollowingReport?
                return await self.every(self.configuration.reportInterval) {
                    let report = self.report()
                    if report != last { self.log(report) }
                    last = report
                }
            }
            defer { group.cancelAll() }
            return await group.first { $0 != nil } ?? nil
        }
        log(report())
        if let failure { throw failure }
    }

    /// Does something again and again until the task is cancelled or it fails.
    private func every(_ interval: Duration, _ work: () async throws(StoreError) -> Void) async -> StoreError? {
        do throws(StoreError) {
            while true {
                try? await Task.sleep(for: interval)
                guard !Task.isCancelled else { return nil }
                try await work()
            }
        } catch {
            return error
        }
    }

    /// Looks how large the store is, and takes what there is room for from here on.
    package func measureStore() async {
        await gauge.measure()
    }

    /// The room that there is in the store, as it was measured last.
    package var storeRoom: StoreRoom { gauge.room }

    /// The newest version that this worker knows of.
    package var knownHead: Version { follower.place.head }

    /// How this worker follows the log.
    public func report() -> FollowingReport {
        FollowingReport(
            bus: bus.report, sequencer: follower.place.counts, medianDelay: delays.quantile(0.5),
            slowestDelays: delays.quantile(0.99))
    }

    private func log(_ report: FollowingReport) {
        logger.info("following the log", metadata: report.metadata)
    }

    /// Takes no more writes, and returns when all that were taken are answered.
    public func drain() async {
        await queue.close()
    }

    /// Puts a batch in line, if its author may write its models; see ``WriteQueue/submit(_:completion:)``.
    public func submit(_ batch: WriteBatch, completion: @escaping WriteQueue.Completion) throws(WriteError) {
        if case .client(let identity) = batch.author {
            try authorize(identity, toWrite: batch.writes.lazy.map(\.key.model))
        }
        try queue.submit(batch, completion: completion)
    }

    /// Submits a batch and waits until it is durable.
    public func write(_ batch: WriteBatch) async throws(WriteError) -> [WriteOutcome] {
        if case .client(let identity) = batch.author {
            try authorize(identity, toWrite: batch.writes.lazy.map(\.key.model))
        }
        return try await queue.write(batch)
    }

    /// Asks whether a message with uploads may be submitted now. Until it may, its connection is not to be read from.
    ///
    /// - Parameters:
    ///   - byteCount: of the message.
    ///   - enter: called, from any thread, when the message may be submitted.
    /// - Returns: nil where it may at once. Else what must be called, once, when the message has been submitted or never
    ///   will be.
    public func waitForRoom(for byteCount: Int, enter: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
        guard let ticket = queue.waitForRoom(for: byteCount, enter: enter) else { return nil }
        return { [queue] in queue.stopWaiting(ticket) }
    }

    /// An authenticated identity with what the schema's rules and the application's hooks grant it.
    ///
    /// - Throws: ``AuthenticationError`` where its credentials are revoked; temporary, where a hook could not tell.
    public func admit(_ identity: Identity) async throws(AuthenticationError) -> Identity {
        if isRevoked(identity) { throw AuthenticationError("the credentials are revoked") }
        return try await gate.admit(schema.granting(identity))
    }

    /// - Throws: ``WriteError/readOnly`` where an identity may not write a model.
    private func authorize(_ identity: Identity, toWrite models: some Sequence<ModelName>) throws(WriteError) {
        guard !identity.readOnly.isEmpty, models.contains(where: identity.readOnly.contains) else { return }
        throw .readOnly
    }

    /// Whether clients' writes of a model must go through ``pass(_:of:by:)`` before they are submitted.
    public func hasHook(for model: ModelName) -> Bool {
        gate.isNeeded(for: model)
    }

    /// Takes a client's writes through the model's hook; see ``ModelHooks/incoming``.
    ///
    /// - Returns: in the same order, each as the hook leaves it, or why it is refused.
    /// - Throws: ``WriteError`` when they cannot be looked at just now.
    public func pass(
        _ writes: [Write], of model: Model, by identity: Identity
    ) async throws(WriteError) -> [Result<Write, ItemError>] {
        try authorize(identity, toWrite: CollectionOfOne(model.name))
        return try await gate.pass(writes, of: model, by: identity)
    }

    /// The connections of an event loop that was named to the engine.
    public func shard(of eventLoop: any EventLoop) -> Shard {
        Self.shard(of: eventLoop, among: shards)
    }

    func entryShard(of eventLoop: any EventLoop) -> Shard {
        Self.shard(of: eventLoop, among: entryShards)
    }

    private static func shard(of eventLoop: any EventLoop, among shards: [ObjectIdentifier: Shard]) -> Shard {
        guard let shard = shards[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("The engine was not told of this event loop.")
        }
        return shard
    }

    /// Begins to send an identity's records to `outlet`, in the pulse protocol. On the outlet's event loop.
    public func subscribe(_ identity: Identity, on shard: Shard, outlet: any Outlet) -> Subscriber {
        Subscriber(
            identity: identity.withholding(schemaless), schema: schema, shard: shard, pages: pages, outlet: outlet,
            hold: TimeAmount(configuration.hold))
    }
}
