import Logging
import NIOPosix
import PulseEngine
import PulseModel
import Synchronization

/// The log in a MongoDB database: for several workers, on several machines, and for others to read.
///
/// Each model has a collection of its name (see `ModelLayout` for a record's document); `pulse.log` holds the head and
/// what else the store knows of itself. Every commit is one transaction, durable on a majority of the replica set
/// before it is acknowledged; nothing is read that a failover could undo.
///
/// All calls to the database block threads of the store's own: one writes, a few read.
public final class MongoStore: ChangeStore {
    /// Threads that read at the same time; what more is asked for waits in line.
    public static let readerCount = 4
    /// How long one commit is tried, while the server is away or others are faster.
    public static let commitPatience = Duration.seconds(10)
    /// How long a reader waits for a version that it knows to exist.
    static let readPatience = Duration.seconds(3)

    /// What the store has done since it was opened.
    public struct Statistics: Sendable, Equatable {
        /// Groups that were asked to be committed.
        public var commits = 0
        /// Commands, and so round trips, that their transactions took, failed attempts included.
        public var commands = 0
        /// Attempts that failed and were repeated.
        public var retries = 0
    }

    let format: MongoFormat
    /// How the models' records lie; changes only while the store is copied into.
    private let layouts: Mutex<[ModelName: ModelLayout]>
    private let pool: MongoPool
    private let writing: NIOThreadPool
    private let reading: NIOThreadPool
    /// For what may take long: it must not keep pages waiting.
    let scanning = NIOThreadPool(numberOfThreads: 1)
    private let worker = SyncID.random()
    private let readPoint = ReadPoint()
    private let counter: CommandCounter
    private let state = Mutex(State())
    private let logger: Logger

    private struct State {
        var statistics = Statistics()
        /// Retries that the log does not tell of yet, and when it told of some.
        var untold = 0
        var told = ContinuousClock.now - .seconds(1)
    }

    init(_ opened: MongoOpening.Result, threads: (writing: NIOThreadPool, reading: NIOThreadPool), logger: Logger) {
        format = opened.format
        layouts = Mutex(ModelLayout.all(of: opened.history))
        pool = opened.pool
        counter = opened.counter
        (writing, reading) = threads
        self.logger = logger
        scanning.start()
    }

    deinit {
        writing.shutdownGracefully { _ in }
        reading.shutdownGracefully { _ in }
        scanning.shutdownGracefully { _ in }
    }

    /// What the store has done since it was opened.
    public var statistics: Statistics {
        var statistics = state.withLock(\.statistics)
        statistics.commands = counter.value
        return statistics
    }

    /// Lets the store's threads end. Nothing may be asked of it any more.
    public func close() async {
        try? await writing.shutdownGracefully()
        try? await reading.shutdownGracefully()
        try? await scanning.shutdownGracefully()
        let done = statistics
        logger.info("MongoDB: \(done.commits) commits, \(done.commands) commands in them, \(done.retries) retried")
    }

    // MARK: Writing

    public func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide:
            @escaping @Sendable (_ head: LogHead, _ records: [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        let deadline = ContinuousClock.now + Self.commitPatience
        let number = state.withLock { state in
            state.statistics.commits += 1
            return Int64(state.statistics.commits)
        }
        let layouts = layouts.withLock { $0 }
        return try await write { client throws(StoreError) in
            var group = GroupCommit(
                database: self.format.database, layouts: layouts, worker: self.worker, number: number, keys: keys,
                decide: decide)
            return try group.run(through: client, until: deadline, at: self.readPoint) { self.noteRetry($0) }
        }
    }

    /// Counts a retry; tells of all of them once a second at most.
    private func noteRetry(_ failure: MongoFailure) {
        let untold: (Int, Int)? = state.withLock { state in
            state.statistics.retries += 1
            state.untold += 1
            guard ContinuousClock.now - state.told >= .seconds(1) else { return nil }
            defer { (state.untold, state.told) = (0, .now) }
            return (state.untold, state.statistics.retries)
        }
        guard let (count, total) = untold else { return }
        logger.info(
            "MongoDB: \(count) transactions retried (\(total) in all)", metadata: ["error": "\(failure.message)"])
    }

    /// How the records of a model lie.
    func layout(of model: ModelName) -> ModelLayout? {
        layouts.withLock { $0[model] }
    }

    /// Lends a connection to a thread that may block.
    func withClient<Value, Failure: Error>(
        _ body: (borrowing MongoClient) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try pool.withClient(body)
    }

    /// Uses the models and fields of another history from now on.
    func adopt(_ history: SchemaHistory) {
        layouts.withLock { $0 = ModelLayout.all(of: history) }
    }

    /// Blocks the writing thread with `body`.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (borrowing MongoClient) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await perform(on: writing, body)
    }

    // MARK: Reading

    public func read(_ query: LogQuery) async throws(StoreError) -> LogPage {
        let deadline = ContinuousClock.now + Self.readPatience
        while readPoint.head < query.upTo, try await head() < query.upTo {
            // Right after a failover the new primary may not know yet that it has everything.
            guard ContinuousClock.now < deadline else {
                throw StoreError(.unavailable, "MongoDB: the log does not reach version \(query.upTo)")
            }
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw StoreError(.unavailable, "the read was cancelled")
            }
        }
        let reader = PageReader(database: format.database, layouts: layouts.withLock { $0 })
        return try await read { client, session throws(MongoFailure) in
            try reader.page(query, through: client, in: session)
        }
    }

    public func version(at stamp: HybridTime) async throws(StoreError) -> Version {
        let reader = PageReader(database: format.database, layouts: layouts.withLock { $0 })
        return try await read { client, session throws(MongoFailure) in
            try reader.version(at: stamp, through: client, in: session)
        }
    }

    public func head() async throws(StoreError) -> Version {
        try await logState().head.version
    }

    public func position() async throws(StoreError) -> LogPosition {
        let state = try await logState()
        guard let epoch = state.epoch, let secret = state.secret else {
            throw StoreError(.unusable, "MongoDB: the log has no epoch, or no secret")
        }
        return LogPosition(epoch: epoch, head: state.head, secret: secret)
    }

    private func logState() async throws(StoreError) -> LogState {
        try await read { client, session throws(MongoFailure) in
            let log = MongoCollection(LogCollection.name, of: self.format.database, through: client)
            let state = try LogState.read(log, in: session, options: Self.singleRead)
            self.readPoint.advance(to: state.head.version, in: session)
            return state
        }
    }

    public func record(_ key: RecordKey) async throws(StoreError) -> Record? {
        guard let layout = layouts.withLock({ $0[key.model] }) else { return nil }
        return try await read { client, session throws(MongoFailure) in
            let collection = MongoCollection(key.model.text, of: self.format.database, through: client)
            let filter = BSONWriter.document { filter in
                filter.append("_id", key.syncID)
                filter.appendIsRecord()
            }
            var cursor = try collection.find(filter, options: Self.singleRead, in: session)
            return try cursor.next(layout.record)
        }
    }

    /// As ``ChangeStore/fold(_:into:_:)``. It fails when it takes longer than the server lets a transaction live
    /// (`transactionLifetimeLimitSeconds`).
    public func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result {
        guard let layout = layouts.withLock({ $0[selection.model] }) else { return initial }
        return try await read(on: scanning) { client, session throws(MongoFailure) in
            // A transaction reads one snapshot. It writes nothing, and ends with the session.
            try session.startTransaction()
            let collection = MongoCollection(selection.model.text, of: self.format.database, through: client)
            let filter = BSONWriter.document { filter in
                if let scope = selection.scope {
                    filter.append("_sync.scope", scope.key)
                } else {
                    filter.appendIsRecord()
                }
            }
            var cursor = try collection.find(filter, options: BSONWriter.document { _ in }, in: session)
            var result = initial
            while let record = try cursor.next(layout.record) {
                guard record.state == .erased || step(&result, record) else { break }
            }
            // A snapshot that was not of the majority does not pass here.
            try session.commitTransaction()
            return result
        }
    }

    private static let singleRead = BSONWriter.document { options in
        options.append("maxTimeMS", PageReader.maximumTime)
        options.appendMajorityRead()
    }

    /// Reads, on a thread of the readers, nothing older than what the worker knows of.
    func read<Value: Sendable>(
        on threads: NIOThreadPool? = nil,
        _ body: @escaping @Sendable (borrowing MongoClient, borrowing MongoSession) throws(MongoFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await perform(on: threads ?? reading) { client throws(StoreError) in
            do throws(MongoFailure) {
                let session = try MongoSession(client)
                self.readPoint.bind(session)
                return try body(client, session)
            } catch {
                throw error.storeError
            }
        }
    }

    func perform<Value: Sendable>(
        on threads: NIOThreadPool, _ body: @escaping @Sendable (borrowing MongoClient) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let pool = pool
        do {
            return try await threads.runIfActive {
                Result { () throws(StoreError) in
                    try pool.withClient { client throws(StoreError) in try body(client) }
                }
            }.get()
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.unavailable, "the store is closed, or nobody waits for it any more")
        }
    }
}
