import Logging
import NIOCore
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

        public init() {}
    }

    public let schema: Schema
    public let store: any ChangeStore
    /// The server's own reads and writes.
    public var records: Records { Records(engine: self) }

    let queue: WriteQueue
    private let bus: any ChangeBus
    private let follower: LogFollower
    private let shards: [ObjectIdentifier: Shard]
    private let configuration: Configuration
    private let pages: StorePages

    /// Prepares an engine that stands at the store's head.
    ///
    /// - Parameter eventLoops: the loops whose connections the engine serves.
    /// - Throws: ``StoreError`` when the head cannot be read.
    public init(
        schema: Schema, store: any ChangeStore, bus: any ChangeBus = LocalBus(), eventLoops: [any EventLoop],
        configuration: Configuration = Configuration(), logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) async throws(StoreError) {
        let position = try await store.head()
        let shards = eventLoops.map { Shard(eventLoop: $0, position: position) }
        self.schema = schema
        self.store = store
        self.bus = bus
        self.configuration = configuration
        self.shards = Dictionary(uniqueKeysWithValues: shards.map { (ObjectIdentifier($0.eventLoop), $0) })
        pages = StorePages(store: store, logger: logger)
        queue = WriteQueue(store: store, clock: clock, logger: logger) { bus.publish($0) }
        follower = LogFollower(store: store, position: position, logger: logger) { records, upTo in
            let delivery = Delivery(records, upTo: upTo, schema: schema)
            for shard in shards { shard.deliver(delivery) }
        }
    }

    /// Follows the log until the task is cancelled.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.bus.run { await self.follower.received($0) } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: self.configuration.headCheckInterval)
                    await self.follower.checkHead()
                }
            }
        }
    }

    /// Takes no more writes, and returns when all that were taken are answered.
    public func drain() async {
        await queue.close()
    }

    /// Puts a batch in line; see ``WriteQueue/submit(_:completion:)``.
    public func submit(_ batch: WriteBatch, completion: @escaping WriteQueue.Completion) throws(WriteError) {
        try queue.submit(batch, completion: completion)
    }

    /// The connections of an event loop that was named to the engine.
    public func shard(of eventLoop: any EventLoop) -> Shard {
        guard let shard = shards[ObjectIdentifier(eventLoop)] else {
            preconditionFailure("The engine was not told of this event loop.")
        }
        return shard
    }

    /// Begins to send an identity's records to `outlet`. On the outlet's event loop.
    public func subscribe(_ identity: Identity, on shard: Shard, outlet: any Outlet) -> Subscriber {
        Subscriber(
            identity: identity, schema: schema, shard: shard, pages: pages, outlet: outlet,
            hold: TimeAmount(configuration.hold))
    }
}
