import HTTPTypes
import Hummingbird
import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// `GET /full`: a page of all documents, in version order up to where the log ended at the first page.
struct FullRoute: Sendable {
    let engine: SyncEngine
    let metrics: SyncMetrics

    private static let defaultLimit = 1_000
    /// Of lines that are compressed and sent at a time.
    private static let chunkBytes = 64 << 10

    func respond(to query: SyncQuery, by identity: Identity) async throws(SyncError) -> Response {
        var query = query
        let names = query.required("collections")
        let limit = query.limit(default: Self.defaultLimit)
        try query.check()
        let collections = try Collections(
            named: SyncQuery.names(in: names), in: engine.schema, for: identity, scopeID: query.text("scope_id"))
        for model in collections.models where !model.synchronization.allowsFullResync {
            throw .denied("Full resync disabled for collection: \(model.name)")
        }
        let position = try await SyncError.reading { () async throws(StoreError) in try await engine.store.position() }
        guard let cursor = cursor(query.text("cursor"), in: position, through: collections) else {
            throw .invalid([.wrongValue(["query", "cursor"], "cursor is none of this full resync")])
        }
        // One record more than is asked for tells whether more follows.
        let page = try await SyncError.reading { () async throws(StoreError) in
            try await engine.store.read(
                LogQuery(
                    .lanes(collections.lanes(after: cursor.after)), upTo: cursor.end.version,
                    maximumRecords: limit + 1, maximumBytes: SyncRoutes.maximumPageBytes))
        }
        metrics.fullResyncs.add()
        return Self.answer(page.prefix(limit), of: collections, from: cursor, secret: position.secret)
    }

    /// - Returns: nil where the client's is not to be taken.
    private func cursor(
        _ text: String?, in position: LogPosition, through collections: Collections
    ) -> FullCursor? {
        guard let text, !text.isEmpty else {
            return FullCursor(end: LogHead(version: position.head, stamp: position.stamp), after: .zero)
        }
        return FullCursor(text, through: collections.signature, secret: position.secret)
    }

    private static func answer(
        _ page: LogPage, of collections: Collections, from cursor: FullCursor, secret: LogSecret
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: "application/x-ndjson", .contentEncoding: "gzip", .lastSeq: cursor.end.stamp.description,
        ]
        if page.reached < cursor.end.version {
            headers[.syncCursor] = FullCursor(end: cursor.end, after: page.reached)
                .text(through: collections.signature, secret: secret)
        }
        let body = ResponseBody { writer in
            var gzip = GzipEncoder()
            var lines = JSONWriter(reserving: chunkBytes + 4_096)
            for record in page.records {
                if let model = collections[record.key.model] { lines.fullLine(record, of: model) }
                guard lines.bytes.count >= chunkBytes else { continue }
                let chunk = gzip.encode(lines.bytes, isLast: false)
                lines.removeAll()
                if chunk.readableBytes > 0 { try await writer.write(chunk) }
            }
            try await writer.write(gzip.encode(lines.bytes, isLast: true))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

extension LogPage {
    fileprivate func prefix(_ count: Int) -> LogPage {
        guard records.count > count else { return self }
        return LogPage(records: Array(records.prefix(count)), reached: records[count - 1].version)
    }
}

extension HTTPField.Name {
    fileprivate static let lastSeq = HTTPField.Name("X-Sync-LastSeq")!
    fileprivate static let syncCursor = HTTPField.Name("X-Sync-Cursor")!
}

extension JSONWriter {
    /// Writes a line of a full resync, with its end (`Protocol/offline-sync.yaml`, `FullLine`).
    fileprivate mutating func fullLine(_ record: Record, of model: Model) {
        raw(#"{"collection":"#)
        string(model.name.text)
        raw(#","doc_id":"#)
        documentID(of: record, model)
        raw(#","data":"#)
        if record.state == .live { document(record, of: model) } else { null() }
        raw(record.state == .live ? #","deleted":false}"# : #","deleted":true}"#)
        raw("\n")
    }
}
