import Logging
import PulseMetrics
import PulseModel
import Synchronization

/// Where all writes of a worker meet: a single writer takes what is waiting, never waits for more, and commits it
/// as one group.
///
/// The queue is bounded; what does not fit is refused at once with ``WriteError/busy``. Whoever can wait asks before:
/// see ``waitForRoom(for:enter:)``.
public final class WriteQueue: Sendable {
    /// Called once, from the writer's task, after the group is durable or has failed.
    public typealias Completion = @Sendable (Result<[WriteOutcome], WriteError>) -> Void

    private struct Entry {
        let batch: WriteBatch
        let completion: Completion
    }

    private struct State {
        var waiting: [Entry] = []
        var room: QueueRoom
        var storeLevel = StoreRoom.Level.everything
        var isWriting = false
        var isClosed = false
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    /// How many writes and bytes one commit takes at most, but always a whole batch.
    public static let maximumGroupWrites = 4_000
    public static let maximumGroupBytes = 8 << 20
    /// How many bytes of records a batch may write that takes several commits.
    static let maximumSplitBytes = 128 << 20
    /// How many records the writer encodes itself. More are encoded while the store commits the next group; for so few
    /// that would take longer than the encoding.
    private static let maximumPublishedAtOnce = 8

    private let schema: Schema
    private let resolutions: [ModelName: RecordConflict.Resolution]
    private let store: any ChangeStore
    private let clock: @Sendable () -> Timestamp
    private let metrics: EngineMetrics
    private let committed: @Sendable (Commit) -> Void
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameters:
    ///   - limits: what may wait at most.
    ///   - resolutions: the application's functions for conflicts.
    ///   - committed: called with every commit after the completions of its batches, in version order.
    ///   ``close()`` waits for it, too.
    package init(
        schema: Schema, resolutions: [ModelName: RecordConflict.Resolution] = [:], store: any ChangeStore,
        limits: QueueLimits = QueueLimits(), clock: @escaping @Sendable () -> Timestamp,
        metrics: EngineMetrics = EngineMetrics(), logger: Logger,
        committed: @escaping @Sendable (Commit) -> Void
    ) {
        self.schema = schema
        self.resolutions = resolutions
        self.store = store
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.committed = committed
        state = Mutex(State(room: QueueRoom(limits)))
    }

    /// Puts a batch in line.
    ///
    /// - Throws: ``WriteError``; then the completion is not called.
    public func submit(_ batch: WriteBatch, completion: @escaping Completion) throws(WriteError) {
        let isFirst = try state.withLock { (state) throws(WriteError) in
            guard !state.isClosed else { throw .closed }
            let hasRoom =
                state.storeLevel == .everything || state.storeLevel == .deletes && batch.onlyDeletes
                || batch.isOfTheServerItself
            guard hasRoom else { throw .storeFull }
            guard state.room.fits(batch.load) else { throw .busy }
            state.waiting.append(Entry(batch: batch, completion: completion))
            state.room.add(batch.load)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        // Not within the lock, which is the first thing that the writer asks for.
        if isFirst { Task(executorPreference: store.writingExecutor) { await self.write() } }
    }

    /// Asks whether a message with writes may be submitted now. Until it may, its connection is not to be read from.
    ///
    /// - Parameters:
    ///   - byteCount: of the message.
    ///   - enter: called once, from any thread, when the message may be submitted; not behind ``stopWaiting(_:)``.
    /// - Returns: nil where it may at once. Else a ticket, which must be given back when the message has been
    ///   submitted, or never will be.
    func waitForRoom(for byteCount: Int, enter: @escaping @Sendable () -> Void) -> QueueRoom.Ticket? {
        let guest = QueueRoom.Guest(message: byteCount, enter: enter)
        let ticket = state.withLock { $0.room.wait(guest) }
        if ticket != nil { metrics.pausedUploads.add() }
        return ticket
    }

    /// Gives a ticket back.
    func stopWaiting(_ ticket: QueueRoom.Ticket) {
        for guest in state.withLock({ $0.room.release(ticket) }) { guest.enter() }
    }

    /// Takes what the store has room for from here on.
    func setStoreLevel(_ level: StoreRoom.Level) {
        state.withLock { $0.storeLevel = level }
    }

    /// Submits a batch and waits until it is durable.
    public func write(_ batch: WriteBatch) async throws(WriteError) -> [WriteOutcome] {
        let result: Result<[WriteOutcome], WriteError> = await withCheckedContinuation { continuation in
            do throws(WriteError) {
                try submit(batch) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// What waits for a commit, and how many connections wait for room.
    var waiting: (writes: Int, bytes: Int, guests: Int) {
        state.withLock { ($0.room.held.writes, $0.room.held.bytes, $0.room.guestCount) }
    }

    /// Takes no more batches, and returns when all that were taken are durable or have failed.
    public func close() async {
        let guests = state.withLock { state in
            state.isClosed = true
            return state.room.openToAll()
        }
        for guest in guests { guest.enter() }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isWriting { state.idle.append(continuation) }
                return !state.isWriting
            }
            if isIdle { continuation.resume() }
        }
    }

    private func write() async {
        var publication: Task<Void, Never>?
        repeat {
            while let group = nextGroup() {
                let committed = await commit(group)
                // One at a time, so that they stay in order.
                await publication?.value
                if committed.reduce(0, { $0 + $1.changes.count }) <= Self.maximumPublishedAtOnce {
                    publish(committed)
                    publication = nil
                } else {
                    publication = Task { publish(committed) }
                }
            }
            await publication?.value
        } while !rest()
    }

    private func publish(_ commits: [Committed]) {
        for (changes, time) in commits {
            if let commit = Commit(changes, at: time, schema: schema) { committed(commit) }
        }
    }

    /// What one commit of the store made durable, and when.
    private typealias Committed = (changes: [Record], time: Timestamp)

    /// - Returns: what has become durable, in order.
    private func commit(_ group: [Entry]) async -> [Committed] {
        do throws(StoreError) {
            let (plan, time) = try await commit(group.map(\.batch))
            for (entry, outcomes) in zip(group, plan.outcomes) { entry.completion(.success(outcomes)) }
            return [(plan.changes, time)]
        } catch  where group.count > 1 && (error.code == .tooLarge || error.code == .unusable) {
            // It may be one batch that asks for too much, or for a damaged record. The others need not suffer.
            var committed: [Committed] = []
            for entry in group { committed += await commit([entry]) }
            return committed
        } catch  where error.code == .tooLarge && group[0].batch.writes.count > 1 && !group[0].batch.isAtomic {
            return await commitInParts(group[0])
        } catch {
            let failure = failure(error)
            // A batch that asks for too much says nothing about those behind it.
            let others = error.code == .tooLarge ? [] : abandoned()
            for entry in group + others { entry.completion(.failure(failure)) }
            return []
        }
    }

    /// Commits a batch that is too large for one commit in as many as it takes, and answers it when all are durable.
    private func commitInParts(_ entry: Entry) async -> [Committed] {
        var parts = entry.batch.halves
        var outcomes: [WriteOutcome] = []
        var committed: [Committed] = []
        var byteCount = 0
        var result: Result<[WriteOutcome], WriteError>?
        while result == nil, let part = parts.popLast() {
            do throws(StoreError) {
                let (plan, time) = try await commit([part])
                outcomes += plan.outcomes[0]
                committed.append((plan.changes, time))
                byteCount += plan.changes.reduce(0) { $0 + $1.byteCount }
                if byteCount > Self.maximumSplitBytes, !parts.isEmpty { result = .failure(.tooLarge) }
            } catch  where error.code == .tooLarge && part.writes.count > 1 {
                parts += part.halves
            } catch {
                // What went before stays. The client sends all again, and is told of what is there already.
                result = .failure(failure(error))
            }
        }
        entry.completion(result ?? .success(outcomes))
        return committed
    }

    private func commit(_ batches: [WriteBatch]) async throws(StoreError) -> (GroupPlan, Timestamp) {
        let keys = Set(batches.lazy.flatMap(\.keys))
        let now = clock()
        let begin = ContinuousClock.now
        let plan = try await store.commit(loading: keys) { [schema, resolutions] head, records in
            let plan = GroupPlan(
                batches, schema: schema, resolutions: resolutions, head: head, records: records, now: now)
            return (plan.changes, plan)
        }
        metrics.commitSeconds.record((ContinuousClock.now - begin) / .seconds(1))
        metrics.commitRecords.record(Double(plan.changes.count))
        if plan.isTooLarge {
            throw StoreError(.tooLarge, "the records of one commit have more than \(GroupPlan.maximumBytes) bytes")
        }
        return (plan, clock())
    }

    private func failure(_ error: StoreError) -> WriteError {
        metrics.count(error)
        logger.error("a group of writes was not committed", metadata: ["error": "\(error)"])
        return error.code == .tooLarge ? .tooLarge : .unavailable(error)
    }

    /// What is not even tried when the queue is to close and the store does not answer: nobody should wait that long.
    private func abandoned() -> [Entry] {
        state.withLock { state in
            guard state.isClosed else { return [] }
            defer { state.waiting = [] }
            _ = state.room.remove(state.room.held)
            return state.waiting
        }
    }

    /// Ends the writing unless a batch waits.
    private func rest() -> Bool {
        let idle: [CheckedContinuation<Void, Never>]? = state.withLock { state in
            guard state.waiting.isEmpty else { return nil }
            state.isWriting = false
            defer { state.idle = [] }
            return state.idle
        }
        for continuation in idle ?? [] { continuation.resume() }
        return idle != nil
    }

    /// The batches of the next commit; nil when none waits.
    private func nextGroup() -> [Entry]? {
        let (group, guests): ([Entry]?, [QueueRoom.Guest]) = state.withLock { state in
            guard !state.waiting.isEmpty else { return (nil, []) }
            var writes = 0
            var bytes = 0
            var count = 0
            for entry in state.waiting {
                let batch = entry.batch
                let fits =
                    writes + batch.writes.count <= Self.maximumGroupWrites
                    && bytes + batch.byteCount <= Self.maximumGroupBytes
                guard count == 0 || fits else { break }
                writes += batch.writes.count
                bytes += batch.byteCount
                count += 1
            }
            let group = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            return (group, state.room.remove(QueueRoom.Load(writes: writes, bytes: bytes)))
        }
        for guest in guests { guest.enter() }
        return group
    }
}

extension WriteBatch {
    fileprivate var load: QueueRoom.Load { QueueRoom.Load(writes: writes.count, bytes: byteCount) }
}

/// Why a batch was not written.
public enum WriteError: Error, Sendable {
    /// Too much is waiting. Nothing was taken.
    case busy
    /// The author may read the model, but not write it. Nothing was taken.
    case readOnly
    /// The records that the batch is about are too much. What was stored of it, if anything, is recognised when it is
    /// sent again.
    case tooLarge
    /// The store is full: only deletes are taken, or nothing.
    case storeFull
    /// The worker is shutting down.
    case closed
    /// The store did not confirm the commit.
    case unavailable(StoreError)
}
