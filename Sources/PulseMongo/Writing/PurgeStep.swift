import Foundation
import PulseEngine
import PulseModel

/// Some records that leave a collection in one transaction, together with the floor that rises.
struct PurgeStep {
    let database: String
    let purge: LogPurge
    let maximumRecords: Int

    /// Blocks, until `deadline` if need be. A step that may have been committed is no harm to repeat: it then takes
    /// what is next.
    ///
    /// - Returns: how many records went.
    func run(
        through client: borrowing MongoClient, until deadline: ContinuousClock.Instant
    ) throws(StoreError) -> Int {
        while true {
            do throws(MongoFailure) {
                return try attempt(through: client)
            } catch {
                guard error.mayPass, ContinuousClock.now < deadline else { throw error.storeError }
                Thread.sleep(forTimeInterval: Double.random(in: 0.02...0.1))
            }
        }
    }

    private func attempt(through client: borrowing MongoClient) throws(MongoFailure) -> Int {
        let session = try MongoSession(client)
        try session.startTransaction()
        let log = MongoCollection(LogCollection.name, of: database, through: client)
        let head = try LogState.read(log, in: session, options: BSONWriter.document { _ in }).head
        let found = try records(below: head.version, through: client, in: session)
        if !found.ids.isEmpty {
            let bulk = try MongoCollection(purge.model.text, of: database, through: client).bulk(in: session)
            for id in found.ids { try bulk.remove(BSONWriter.document { $0.append("_id", id) }) }
            guard try bulk.execute() == Int64(found.ids.count) else {
                throw MongoFailure(.transient, "a record went away in the middle of a transaction")
            }
            try FloorDocument.raise([purge.model: found.last], in: log.bulk(in: session))
        }
        try session.commitTransaction()
        return found.ids.count
    }

    func count(through client: borrowing MongoClient) throws(MongoFailure) -> Int {
        let session = try MongoSession(client)
        let log = MongoCollection(LogCollection.name, of: database, through: client)
        let head = try LogState.read(log, in: session, options: BSONWriter.document { $0.appendMajorityRead() }).head
        return try records(below: head.version, through: client, in: session).ids.count
    }

    /// The oldest records of each state, up to the most that may go, and the newest of them.
    private func records(
        below head: Version, through client: borrowing MongoClient, in session: borrowing MongoSession
    ) throws(MongoFailure) -> (ids: [SyncID], last: LogHead) {
        let collection = MongoCollection(purge.model.text, of: database, through: client)
        let end = min(purge.upTo.number, head.number - 1)
        var ids: [SyncID] = []
        var last = LogHead.zero
        for state in purge.states where ids.count < maximumRecords {
            let options = BSONWriter.document { options in
                options.document("sort") { $0.append("version", Int32(1)) }
                if maximumRecords < .max { options.append("limit", Int64(maximumRecords - ids.count)) }
                options.document("projection") { fields in
                    fields.append("version", Int32(1))
                    fields.append("_sync.stamp", Int32(1))
                }
            }
            var cursor = try collection.find(Self.filter(on: state, upTo: end), options: options, in: session)
            while let (id, place) = try cursor.next(Self.place) {
                ids.append(id)
                if place.version > last.version { last = place }
            }
        }
        return (ids, last)
    }

    private static func filter(on state: Record.State, upTo end: Int64) -> [UInt8] {
        BSONWriter.document { filter in
            filter.append("is_deleted", state != .live)
            switch state {
            case .live: break
            case .deleted: filter.appendNull("_sync.erased")
            case .erased: filter.append("_sync.erased", true)
            }
            filter.document("version") { $0.append("$lte", end) }
        }
    }

    private static func place(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> (SyncID, LogHead) {
        var id: SyncID?
        var version: Int64?
        var stamp: HybridTime?
        var elements = try BSONReader(bytes)
        while let element = try elements.next() {
            if element.has("_id") { id = element.uuid }
            if element.has("version") { version = element.int }
            if element.has("_sync") {
                var details = try element.elements()
                while let detail = try details.next() {
                    if detail.has("stamp") { stamp = detail.int.map(HybridTime.init(ticks:)) }
                }
            }
        }
        guard let id, let version else { throw BSONError("it lacks sync fields") }
        return (id, LogHead(version: Version(version), stamp: stamp ?? HybridTime(ticks: version)))
    }
}
