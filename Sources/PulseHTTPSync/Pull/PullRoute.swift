import Hummingbird
import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// `GET /pull`: a page of the log behind a stamp.
struct PullRoute: Sendable {
    let engine: SyncEngine
    let metrics: SyncMetrics

    private static let defaultLimit = 500
    /// How far a cursor may stay behind the log in which there is nothing more for its client: a day.
    private static let quiet = 86_400_000 * HybridTime.ticksPerMillisecond

    func respond(to query: SyncQuery, by identity: Identity) async throws(SyncError) -> Response {
        var query = query
        let since = query.stamp("since")
        let limit = query.limit(default: Self.defaultLimit)
        guard let since, query.faults.isEmpty else { throw .invalid(query.faults) }
        let collections = try Collections(
            named: SyncQuery.names(in: query.text("collections")), in: engine.schema, for: identity,
            scopeID: query.text("scope_id"))
        metrics.pulls.add()
        return try await SyncError.reading { () async throws(StoreError) in
            let position = try await engine.store.position()
            guard let version = try await engine.resumption(after: since, in: position) else {
                return Self.fullResync(of: collections)
            }
            let page = try await engine.store.read(
                LogQuery(
                    .lanes(collections.lanes(after: version)), upTo: position.head, maximumRecords: limit,
                    maximumBytes: SyncRoutes.maximumPageBytes))
            guard try await !engine.hasPurged(collections.models, behind: version) else {
                return Self.fullResync(of: collections)
            }
            return answer(page, of: collections, after: min(since, position.stamp), head: position)
        }
    }

    private func answer(_ page: LogPage, of collections: Collections, after since: HybridTime, head: LogPosition)
        -> Response
    {
        metrics.pulledChanges.add(page.records.count)
        var writer = JSONWriter(reserving: 128 + page.records.reduce(0) { $0 + $1.fields.bytes.count + 256 })
        writer.raw(#"{"changes":["#)
        var isFirst = true
        for record in page.records {
            guard let model = collections[record.key.model] else { continue }
            if !isFirst { writer.raw(",") }
            isFirst = false
            writer.entry(record, of: model)
        }
        writer.raw(#"],"last_seq":"#)
        var end = page.records.last?.stamp ?? since
        // Who has all of a scope in which little happens must not fall behind the floor for that.
        if page.reached == head.head, end.ticks < head.stamp.ticks - Self.quiet { end = head.stamp }
        writer.stamp(end)
        writer.raw("}")
        return Response(json: writer.bytes)
    }

    private static func fullResync(of collections: Collections) -> Response {
        var writer = JSONWriter(reserving: 128)
        writer.raw(#"{"full_resync_required":true,"collections":["#)
        for (index, model) in collections.models.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.string(model.name.text)
        }
        writer.raw("]}")
        return Response(json: writer.bytes)
    }
}
