import PulseEngine
import PulseModel

/// Reads a page of the log: a query on each collection concerned, in version order by index, merged.
///
/// The queries need no common snapshot. A record that is written between them takes a version above the page's end,
/// and is left for the reader that asks for that.
struct PageReader {
    /// The most records of a page, whatever is asked for: a page is held in memory.
    private static let maximumRecords = 10_000
    /// Scopes in one query. MongoDB merges 200 ranges of an index at most, and sorts what is more.
    private static let maximumScopes = 100
    /// How long the server may take for one batch.
    static let maximumTime: Int64 = 10_000

    let database: String
    let layouts: [ModelName: ModelLayout]

    func page(
        _ query: LogQuery, through client: borrowing MongoClient, in session: borrowing MongoSession
    ) throws(MongoFailure) -> LogPage {
        // A page has one record at least, or reading would never go on.
        let limits = Limits(
            records: max(1, min(query.maximumRecords, Self.maximumRecords)), bytes: max(1, query.maximumBytes))
        switch query.reach {
        case .everything(let after):
            return try window(after: after, upTo: query.upTo, limits, through: client, in: session)
        case .lanes(let lanes):
            let page = try merge(parts(of: lanes, upTo: query.upTo), limits, through: client, in: session)
            return LogPage(records: page.records, reached: page.end ?? query.upTo)
        }
    }

    /// Reads as many versions as records are asked for: so many records there are at most, in all collections
    /// together. Where most of them were superseded, it goes on with more.
    private func window(
        after: Version, upTo: Version, _ limits: Limits, through client: borrowing MongoClient,
        in session: borrowing MongoSession
    ) throws(MongoFailure) -> LogPage {
        var start = after.number
        var width = Int64(limits.records)
        var records: [Record] = []
        var rest = limits
        while true {
            let end = upTo.number - start <= width ? upTo : Version(start + width)
            let parts = layouts.values.map { layout in
                (
                    layout,
                    BSONWriter.document { filter in
                        filter.appendVersions(after: Version(start), upTo: end)
                        filter.appendIsRecord()
                    }
                )
            }
            let page = try merge(parts, rest, through: client, in: session)
            records += page.records
            if let last = page.end { return LogPage(records: records, reached: last) }
            if end >= upTo { return LogPage(records: records, reached: upTo) }
            rest.records -= page.records.count
            rest.bytes -= page.byteCount
            start = end.number
            width *= 2
        }
    }

    /// The version of the newest record whose stamp is not above `stamp`.
    ///
    /// Most stamps that clients come back with are those of records: these are looked for first, by equality. Stamps grow
    /// with versions in each collection, so each has at most one record to look at besides.
    func version(
        at stamp: HybridTime, through client: borrowing MongoClient, in session: borrowing MongoSession
    ) throws(MongoFailure) -> Version {
        let exact = BSONWriter.document { $0.append("_sync.stamp", stamp.ticks) }
        if let version = try versions(where: exact, through: client, in: session).max() { return version }
        let notAbove = BSONWriter.document { filter in
            filter.document("_sync.stamp") { $0.append("$lte", stamp.ticks) }
        }
        var newest = try versions(where: notAbove, through: client, in: session).max() ?? .zero
        // The record that the stamp is of may be purged.
        let log = MongoCollection(LogCollection.name, of: database, through: client)
        for floor in try FloorDocument.read(log, in: session).values where floor.stamp <= stamp {
            newest = max(newest, floor.version)
        }
        return newest
    }

    /// The versions of the records of highest stamp among those that `filter` takes, one a collection.
    private func versions(
        where filter: [UInt8], through client: borrowing MongoClient, in session: borrowing MongoSession
    ) throws(MongoFailure) -> [Version] {
        let options = BSONWriter.document { options in
            options.document("sort") { $0.append("_sync.stamp", Int32(-1)) }
            options.append("limit", Int64(1))
            options.append("maxTimeMS", Self.maximumTime)
            options.appendMajorityRead()
        }
        var versions: [Version] = []
        for layout in layouts.values {
            let collection = MongoCollection(layout.model.text, of: database, through: client)
            var cursor = try collection.find(filter, options: options, in: session, from: .deployment)
            if let record = try cursor.next(layout.record) { versions.append(record.version) }
        }
        return versions
    }

    private struct Limits {
        var records: Int
        var bytes: Int
    }

    /// The records that the queries find, in version order.
    ///
    /// - Returns: with them the version where a limit ended the page; nil where all are in it.
    private func merge(
        _ parts: [Part], _ limits: Limits, through client: borrowing MongoClient, in session: borrowing MongoSession
    ) throws(MongoFailure) -> (records: [Record], byteCount: Int, end: Version?) {
        let share = parts.count == 1 ? limits.records : limits.records / max(1, parts.count) + 2
        let sources = try parts.map { part throws(MongoFailure) in
            try Source(part, limit: limits.records, share: share, of: database, through: client, in: session)
        }
        var records: [Record] = []
        var byteCount = 0
        while let source = sources.filter({ $0.front != nil }).min(by: { $0.front!.version < $1.front!.version }) {
            let record = source.front!
            records.append(record)
            byteCount += record.byteCount
            guard records.count < limits.records, byteCount < limits.bytes else {
                return (records, byteCount, record.version)
            }
            try source.advance()
        }
        return (records, byteCount, nil)
    }

    private typealias Part = (layout: ModelLayout, filter: [UInt8])

    private func parts(of lanes: [LogQuery.Lane], upTo: Version) -> [Part] {
        Dictionary(grouping: lanes, by: \.model).flatMap { model, lanes -> [Part] in
            guard let layout = layouts[model] else { return [] }
            return stride(from: 0, to: lanes.count, by: Self.maximumScopes).map { start in
                (layout, filter(of: lanes[start..<min(start + Self.maximumScopes, lanes.count)], upTo: upTo))
            }
        }
    }

    /// Each scope is a range of the index in version order; the server merges them without sorting.
    private func filter(of lanes: ArraySlice<LogQuery.Lane>, upTo: Version) -> [UInt8] {
        let starts = Dictionary(grouping: lanes, by: \.after)
        return BSONWriter.document { filter in
            guard starts.count > 1 else {
                for (after, lanes) in starts { filter.append(lanes, after: after, upTo: upTo) }
                return
            }
            filter.array("$or") { parts in
                for (index, (after, lanes)) in starts.enumerated() {
                    parts.document(.index(index)) { $0.append(lanes, after: after, upTo: upTo) }
                }
            }
        }
    }

    /// What one collection has for the page.
    private final class Source {
        private let layout: ModelLayout
        private var cursor: MongoCursor
        private(set) var front: Record?

        init(
            _ part: Part, limit: Int, share: Int, of database: String, through client: borrowing MongoClient,
            in session: borrowing MongoSession
        ) throws(MongoFailure) {
            let options = BSONWriter.document { options in
                options.document("sort") { $0.append("version", Int32(1)) }
                options.append("limit", Int64(limit))
                // As much as is likely to be used, in one batch if that fits.
                options.append("batchSize", Int64(share))
                options.append("maxTimeMS", PageReader.maximumTime)
                options.appendMajorityRead()
            }
            let collection = MongoCollection(part.layout.model.text, of: database, through: client)
            layout = part.layout
            cursor = try collection.find(part.filter, options: options, in: session, from: .deployment)
            try advance()
        }

        func advance() throws(MongoFailure) {
            front = try cursor.next(layout.record)
        }
    }
}

extension BSONWriter {
    /// Passes over what other programs have put into the collection.
    mutating func appendIsRecord() {
        document("_sync.scope") { $0.append("$exists", true) }
    }

    /// Reads what no failover can undo.
    mutating func appendMajorityRead() {
        document("readConcern") { $0.append("level", "majority") }
    }

    /// Writes what no failover can undo. Not for transactions.
    mutating func appendMajorityWrite() {
        document("writeConcern") { $0.append("w", "majority") }
    }

    fileprivate mutating func append(_ lanes: [LogQuery.Lane], after: Version, upTo: Version) {
        if lanes.count == 1 {
            append("_sync.scope", lanes[0].scope.key)
        } else {
            document("_sync.scope") { scope in
                scope.array("$in") { keys in
                    for (index, lane) in lanes.enumerated() { keys.append(.index(index), lane.scope.key) }
                }
            }
        }
        appendVersions(after: after, upTo: upTo)
    }

    fileprivate mutating func appendVersions(after: Version, upTo: Version) {
        document("version") { range in
            range.append("$gt", after.number)
            range.append("$lte", upTo.number)
        }
    }
}
