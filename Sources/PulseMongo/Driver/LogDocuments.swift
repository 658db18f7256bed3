import PulseModel

/// The store's own collection, beside one for each model. No model can have its name, for the dot in it.
enum LogCollection {
    static let name = "pulse.log"

    /// The document of the newest version, which every commit moves.
    static let head = "head"
    /// The document that remembers the schema.
    static let schema = "schema"

    static func filter(_ id: String) -> [UInt8] {
        BSONWriter.document { $0.append("_id", id) }
    }
}

/// What the log's own documents say of the state of things.
struct LogState {
    var head = Version.zero
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
        while let (version, commit) = try cursor.next(Self.numbers) {
            if let version {
                state.head = Version(version)
                hasHead = true
            }
            if let commit { state.lastCommit = commit }
        }
        guard hasHead else { throw MongoFailure(damaged: "the head of the log is gone") }
        return state
    }

    private static func numbers(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> (version: Int64?, commit: Int64?)
    {
        var numbers: (version: Int64?, commit: Int64?)
        var elements = try BSONReader(bytes)
        while let element = try elements.next() {
            if element.has("version") { numbers.version = element.int }
            if element.has("commit") { numbers.commit = element.int }
        }
        return numbers
    }
}
