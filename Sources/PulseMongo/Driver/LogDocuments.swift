import PulseEngine
import PulseModel

/// The store's own collection, beside one for each model. No model can have its name, for the dot in it.
enum LogCollection {
    static let name = "pulse.log"

    /// The document of the newest version, which every commit moves.
    static let head = "head"
    /// The document that remembers the schema.
    static let schema = "schema"
    /// The document of the floors, once something was purged.
    static let floors = "floors"

    static func filter(_ id: String) -> [UInt8] {
        BSONWriter.document { $0.append("_id", id) }
    }
}

/// What the log's own documents say of the state of things.
struct LogState: Sendable {
    var head = LogHead.zero
    var epoch: Epoch?
    var secret: LogSecret?
    /// The number of the worker's last commit that went through; nil before its first.
    var lastCommit: Int64?

    /// Reads the head and what is known of one worker.
    static func read(
        _ log: borrowing MongoCollection, of worker: SyncID? = nil, in session: borrowing MongoSession,
        options: [UInt8]
    ) throws(MongoFailure) -> LogState {
        let filter = BSONWriter.document { filter in
            filter.document("_id") { id in
                id.array("$in") { ids in
                    ids.append(.index(0), LogCollection.head)
                    if let worker { ids.append(.index(1), worker) }
                }
            }
        }
        var cursor = try log.find(filter, options: options, in: session)
        var state = LogState()
        var hasHead = false
        while let part = try cursor.next(Self.part) {
            if let version = part.version {
                guard (0..<Int64.max).contains(version) else { throw MongoFailure(damaged: "the head is \(version)") }
                state.head = LogHead(version: Version(version), stamp: part.stamp ?? HybridTime(ticks: version))
                hasHead = true
            }
            state.epoch = state.epoch ?? part.epoch
            state.secret = state.secret ?? part.secret
            state.lastCommit = state.lastCommit ?? part.commit
        }
        guard hasHead else { throw MongoFailure(damaged: "the head of the log is gone") }
        return state
    }

    private struct Part {
        var version: Int64?
        var stamp: HybridTime?
        var epoch: Epoch?
        var secret: LogSecret?
        var commit: Int64?
    }

    /// What one of the documents says.
    private static func part(
        _ bytes: UnsafeRawBufferPointer
    ) throws(BSONError) -> Part {
        var part = Part()
        var elements = try BSONReader(bytes)
        while let element = try elements.next() {
            if element.has("version") { part.version = element.int }
            if element.has("stamp") { part.stamp = element.int.map(HybridTime.init(ticks:)) }
            if element.has("epoch") { part.epoch = element.uuid.map { Epoch(high: $0.high, low: $0.low) } }
            if element.has("secret") { part.secret = element.uuid.map { LogSecret(high: $0.high, low: $0.low) } }
            if element.has("commit") { part.commit = element.int }
        }
        return part
    }
}
