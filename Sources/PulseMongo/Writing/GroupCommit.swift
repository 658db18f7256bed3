import Foundation
import PulseEngine
import PulseModel

/// One group of writes as a transaction, tried again until its fate is settled.
///
/// The head is moved last, so that a worker which dies on the way does not make all others wait until the server gives
/// its transaction up. Who loses against others again and again moves it first: they then lose at once, and wait.
///
/// A commit whose answer was lost is recognised by the number that the worker leaves beside the head in each
/// transaction: the next attempt sees it in its snapshot and returns what was decided then, so that no write is ever
/// applied twice.
struct GroupCommit<Outcome: Sendable> {
    typealias Decide = @Sendable (LogHead, [RecordKey: Record]) -> (changes: [Record], Outcome)

    let database: String
    let layouts: [ModelName: ModelLayout]
    let worker: SyncID
    /// The commit's number among the worker's.
    let number: Int64
    let keys: Set<RecordKey>
    let decide: Decide

    /// What the last attempt decided whose commit may have gone through.
    private var unsettled: (outcome: Outcome, head: Version)?
    private var attempts = 0

    /// How often it loses before it moves the head first.
    private static var patience: Int { 4 }

    init(
        database: String, layouts: [ModelName: ModelLayout], worker: SyncID, number: Int64, keys: Set<RecordKey>,
        decide: @escaping Decide
    ) {
        self.database = database
        self.layouts = layouts
        self.worker = worker
        self.number = number
        self.keys = keys
        self.decide = decide
    }

    /// Commits. Blocks, until `deadline` if need be.
    ///
    /// - Parameter retrying: told of every attempt that failed and will be repeated.
    mutating func run(
        through client: borrowing MongoClient, until deadline: ContinuousClock.Instant, at readPoint: ReadPoint,
        retrying: (MongoFailure) -> Void
    ) throws(StoreError) -> Outcome {
        while true {
            attempts += 1
            do throws(MongoFailure) {
                return try attempt(through: client, until: deadline, at: readPoint)
            } catch {
                let isHopeless = error.meaning == .conflict && attempts > Self.patience
                guard error.mayPass, !isHopeless, ContinuousClock.now < deadline else {
                    throw unsettled == nil ? error.storeError : StoreError(.outcomeUnknown, error.storeError.message)
                }
                retrying(error)
                Self.rest(after: attempts, because: error)
            }
        }
    }

    private static func rest(after attempts: Int, because failure: MongoFailure) {
        // A conflict is over as soon as the other has committed; a server needs longer to come back.
        let isConflict = !failure.isAway && failure.meaning != .commitUnknown
        let longest = isConflict ? 0.002 * Double(1 << min(attempts, 5)) : 0.4
        Thread.sleep(forTimeInterval: Double.random(in: longest / 4...longest))
    }

    private mutating func attempt(
        through client: borrowing MongoClient, until deadline: ContinuousClock.Instant, at readPoint: ReadPoint
    ) throws(MongoFailure) -> Outcome {
        let session = try MongoSession(client)
        try session.startTransaction()
        let log = MongoCollection(LogCollection.name, of: database, through: client)
        if attempts > Self.patience {
            let turn = try log.bulk(in: session)
            try turn.update(
                LogCollection.filter(LogCollection.head),
                BSONWriter.document { $0.document("$inc") { $0.append("turns", Int64(1)) } })
            try turn.execute()
        }
        let state = try LogState.read(log, of: worker, in: session, options: BSONWriter.document { _ in })
        if let unsettled, state.lastCommit == number {
            // What a transaction reads is sure to stay only when the transaction itself is committed.
            try commit(session, until: deadline)
            readPoint.advance(to: unsettled.head, in: session)
            return unsettled.outcome
        }
        let (records, foreign) = try load(through: client, in: session)
        let (changes, outcome) = decide(state.head, records)
        guard let last = changes.last else {
            try commit(session, until: deadline)
            return outcome
        }
        try write(changes, over: foreign.union(records.keys), through: client, in: session)
        let head = LogHead(version: last.version, stamp: last.stamp)
        try move(log, from: state.head.version, to: head, in: session)
        unsettled = (outcome, head.version)
        do throws(MongoFailure) {
            try commit(session, until: deadline)
        } catch {
            if error.meaning == .tooLarge { unsettled = nil }
            throw error
        }
        readPoint.advance(to: head.version, in: session)
        return outcome
    }

    /// Asks again while the answer stays out, as that is harmless: it is the same transaction.
    private func commit(_ session: borrowing MongoSession, until deadline: ContinuousClock.Instant) throws(MongoFailure)
    {
        var attempts = 0
        while true {
            do throws(MongoFailure) {
                return try session.commitTransaction()
            } catch {
                attempts += 1
                guard error.meaning == .commitUnknown, ContinuousClock.now < deadline else { throw error }
                Self.rest(after: attempts, because: error)
            }
        }
    }

    /// - Returns: the records, and the keys of documents that are none yet: those of other programs.
    private func load(
        through client: borrowing MongoClient, in session: borrowing MongoSession
    ) throws(MongoFailure) -> ([RecordKey: Record], foreign: Set<RecordKey>) {
        var ids: [ModelName: [SyncID]] = [:]
        for key in keys { ids[key.model, default: []].append(key.syncID) }
        var records: [RecordKey: Record] = [:]
        var foreign: Set<RecordKey> = []
        var byteCount = 0
        for (model, ids) in ids {
            guard let layout = layouts[model] else { continue }
            let collection = MongoCollection(model.text, of: database, through: client)
            let filter = BSONWriter.document { filter in
                filter.document("_id") { id in
                    id.array("$in") { list in
                        for (index, id) in ids.enumerated() { list.append(.index(index), id) }
                    }
                }
            }
            let options = BSONWriter.document { $0.append("batchSize", Int64(ids.count + 1)) }
            var cursor = try collection.find(filter, options: options, in: session)
            while let document = try cursor.next(layout.document) {
                guard case .record(let record) = document else {
                    if case .foreign(let key) = document { foreign.insert(key) }
                    continue
                }
                byteCount += record.byteCount
                guard byteCount <= MongoStore.maximumLoadedBytes else {
                    throw MongoFailure(.tooLarge, "the records of one commit have more than \(byteCount) bytes")
                }
                records[record.key] = record
            }
        }
        return (records, foreign)
    }

    /// Writes each record once, as its last change left it.
    private func write(
        _ changes: [Record], over stored: Set<RecordKey>, through client: borrowing MongoClient,
        in session: borrowing MongoSession
    ) throws(MongoFailure) {
        var written: Set<RecordKey> = []
        let last = changes.reversed().filter { written.insert($0.key).inserted }
        for (model, records) in Dictionary(grouping: last, by: \.key.model) {
            guard let layout = layouts[model] else { throw MongoFailure(.other, "there is no model '\(model)'") }
            let collection = MongoCollection(model.text, of: database, through: client)
            let bulk = try collection.bulk(in: session)
            // The new ones first: libmongoc makes one command of neighbours of a kind.
            for record in records where !stored.contains(record.key) { try bulk.insert(layout.document(of: record)) }
            for record in records where stored.contains(record.key) {
                let filter = BSONWriter.document { $0.append("_id", record.key.syncID) }
                try bulk.replace(filter, with: layout.document(of: record))
            }
            guard try bulk.execute() == Int64(records.count) else {
                throw MongoFailure(.transient, "a record went away in the middle of a transaction")
            }
        }
    }

    private func move(
        _ log: borrowing MongoCollection, from old: Version, to new: LogHead, in session: borrowing MongoSession
    ) throws(MongoFailure) {
        let bulk = try log.bulk(in: session)
        try bulk.update(
            BSONWriter.document { filter in
                filter.append("_id", LogCollection.head)
                filter.append("version", old.number)
            },
            BSONWriter.document { operators in
                operators.document("$set") { fields in
                    fields.append("version", new.version.number)
                    fields.append("stamp", new.stamp.ticks)
                }
            })
        try bulk.update(
            BSONWriter.document { $0.append("_id", worker) },
            BSONWriter.document { operators in
                operators.document("$set") { $0.append("commit", number) }
                operators.document("$currentDate") { $0.append("at", true) }
            }, upsert: true)
        guard try bulk.execute() == 2 else { throw MongoFailure(.transient, "the head was moved by somebody else") }
    }
}
