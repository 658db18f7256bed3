import PulseEngine
import PulseModel

/// What a database must have to be a store: the head, the schema's history, and indexes.
struct MongoFormat: Sendable {
    /// The `format` of a head in today's layout.
    static let version: Int64 = 2

    let database: String
    let place: String

    /// Brings the database to today's format and notes the schema in it.
    ///
    /// - Parameter schema: nil to copy from the database or into it: only then may it be an unfinished copy.
    /// - Returns: every model and field that its records may have.
    func prepare(for schema: Schema?, through client: borrowing MongoClient) throws(StoreError) -> SchemaHistory {
        try explaining { () throws(MongoFailure) in
            try createIndexes(of: LogCollection.name, [Self.workerIndex], through: client)
            try prepareHead(through: client)
            guard let schema else { return try history(through: client).history }
            try refuseUnfinishedCopy(through: client)
            let history = try noteSchema(schema, through: client)
            try createIndexes(of: history, through: client)
            try stampOldRecords(of: history, through: client)
            return history
        }
    }

    /// Says in one sentence what went wrong, and where.
    func explaining<Value>(_ body: () throws(MongoFailure) -> Value) throws(StoreError) -> Value {
        do throws(MongoFailure) {
            return try body()
        } catch {
            switch error.meaning {
            case .rights:
                throw StoreError(
                    .unusable,
                    "\(place): the user may not use the database '\(database)', and needs the role readWrite on it "
                        + "(\(error.message))")
            case .unavailable, .transient, .commitUnknown:
                throw StoreError(.unavailable, "\(place): \(error.message)")
            default:
                throw StoreError(.unusable, "\(place): \(error.message)")
            }
        }
    }

    // MARK: The head

    private struct Head {
        var format: Int64?
        var version: Int64 = 0
        /// The source of a copy that is not complete.
        var copied: String?

        init(_ bytes: UnsafeRawBufferPointer) throws(BSONError) {
            var elements = try BSONReader(bytes)
            while let element = try elements.next() {
                if element.has("format") { format = element.int }
                if element.has("version") { version = element.int ?? 0 }
                if element.has("copied_from") { copied = element.string }
            }
        }
    }

    private func head(through client: borrowing MongoClient) throws(MongoFailure) -> Head {
        guard let head = try find(LogCollection.head, through: client, Head.init) else {
            throw MongoFailure(damaged: "the head of the log is gone")
        }
        return head
    }

    private func prepareHead(through client: borrowing MongoClient) throws(MongoFailure) {
        try update(LogCollection.filter(LogCollection.head), upsert: true, through: client) { operators in
            operators.document("$setOnInsert") { fields in
                fields.append("format", Self.version)
                fields.append("version", Int64(0))
                let epoch = Epoch.random()
                fields.append("epoch", SyncID(high: epoch.high, low: epoch.low))
            }
        }
        let withoutSecret = BSONWriter.document { filter in
            filter.append("_id", LogCollection.head)
            filter.document("secret") { $0.append("$exists", false) }
        }
        try update(withoutSecret, through: client) { operators in
            operators.document("$set") { fields in
                let secret = LogSecret.random()
                fields.append("secret", SyncID(high: secret.high, low: secret.low))
            }
        }
        guard let found = try head(through: client).format, found >= 1 else {
            throw MongoFailure(.other, "the database '\(database)' has a head of the log without a format")
        }
        guard found <= Self.version else {
            throw MongoFailure(
                .other,
                "the database '\(database)' has format \(found), this program knows formats up to \(Self.version): "
                    + "it was written by a newer one")
        }
    }

    /// Records of format 1 have no stamps. They get some in 1970, by their versions.
    private func stampOldRecords(
        of history: SchemaHistory, through client: borrowing MongoClient
    ) throws(MongoFailure) {
        guard try head(through: client).format == 1 else { return }
        for model in history.models.keys {
            let command = BSONWriter.document { command in
                command.append("update", model.text)
                command.array("updates") { list in
                    list.document(.index(0)) { update in
                        update.document("q") { $0.document("_sync.stamp") { $0.append("$exists", false) } }
                        update.array("u") { stages in
                            stages.document(.index(0)) { stage in
                                stage.document("$set") { $0.append("_sync.stamp", "$version") }
                            }
                        }
                        update.append("multi", true)
                    }
                }
                command.appendMajorityWrite()
            }
            try client.run(command, on: database)
        }
        try update(LogCollection.filter(LogCollection.head), through: client) { operators in
            operators.document("$set") { $0.append("format", Self.version) }
        }
    }

    // MARK: Copies

    func refuseUnfinishedCopy(through client: borrowing MongoClient) throws(MongoFailure) {
        guard let source = try head(through: client).copied else { return }
        throw MongoFailure(
            .other,
            "the database '\(database)' is an unfinished copy of \(source): copy from there again to complete it, or "
                + "drop it")
    }

    /// Marks an empty database as a copy.
    ///
    /// - Returns: where a copy from the same source has come to, and all models.
    func beginCopy(
        of history: SchemaHistory, from source: String, through client: borrowing MongoClient
    ) throws(MongoFailure) -> (Version, SchemaHistory) {
        let head = try head(through: client)
        if let begun = head.copied, begun != source {
            throw MongoFailure(
                .other,
                "the database '\(database)' is an unfinished copy of \(begun): complete that one, or drop it")
        }
        if head.copied == nil {
            let filter = BSONWriter.document { filter in
                filter.append("_id", LogCollection.head)
                filter.append("version", Int64(0))
            }
            let isEmpty = try update(filter, through: client) { operators in
                operators.document("$set") { $0.append("copied_from", source) }
            }
            guard isEmpty else {
                throw MongoFailure(
                    .other,
                    "the database '\(database)' has records already: a store is copied into an empty one")
            }
        }
        let all = try noteSchema(through: client) { past in
            SchemaHistory(past.models.merging(history.models) { $1 })
        }
        try createIndexes(of: all, through: client)
        return (Version(head.version), all)
    }

    func endCopy(through client: borrowing MongoClient) throws(MongoFailure) {
        try update(LogCollection.filter(LogCollection.head), through: client) { operators in
            operators.document("$unset") { $0.append("copied_from", "") }
        }
    }

    // MARK: The schema

    /// Every model and field that the database remembers.
    func history(
        through client: borrowing MongoClient
    ) throws(MongoFailure) -> (history: SchemaHistory, revision: Int64) {
        try find(LogCollection.schema, through: client, SchemaDocument.read) ?? (SchemaHistory([:]), 0)
    }

    private func noteSchema(_ schema: Schema, through client: borrowing MongoClient) throws(MongoFailure)
        -> SchemaHistory
    {
        try noteSchema(through: client) { past throws(MongoFailure) in
            do {
                return try past.continued(by: schema)
            } catch {
                throw MongoFailure(
                    .other, "the schema does not fit the records in the database '\(database)': \(error)")
            }
        }
    }

    /// Changes what the database remembers, however many workers do so at once.
    private func noteSchema(
        through client: borrowing MongoClient, _ change: (SchemaHistory) throws(MongoFailure) -> SchemaHistory
    ) throws(MongoFailure) -> SchemaHistory {
        for _ in 0..<100 {
            let (past, revision) = try history(through: client)
            let history = try change(past)
            if history == past { return history }
            let filter = BSONWriter.document { filter in
                filter.append("_id", LogCollection.schema)
                filter.append("revision", revision)
            }
            do throws(MongoFailure) {
                let isMine = try update(filter, upsert: revision == 0, through: client) { operators in
                    operators.document("$set") { fields in
                        fields.append("revision", revision + 1)
                        fields.appendModels(of: history)
                    }
                }
                if isMine { return history }
            } catch  where error.meaning == .conflict {
                // Another worker wrote it first.
            }
        }
        throw MongoFailure(.unavailable, "others keep changing the schema of the database '\(database)'")
    }

    // MARK: Indexes

    private typealias Index = (name: String, keys: [String], lifetime: Int32?, isOfDeleted: Bool)

    /// Deltas: a scope's records in version order.
    private static let laneIndex: Index = ("pulse_lane", ["_sync.scope", "version"], nil, false)
    /// The log: all records in version order.
    private static let versionIndex: Index = ("pulse_version", ["version"], nil, false)
    /// Cursors of the HTTP API: what was the newest record at a certain time.
    private static let stampIndex: Index = ("pulse_stamp", ["_sync.stamp"], nil, false)
    /// What may be purged.
    private static let tombstoneIndex: Index = ("pulse_tombstone", ["_sync.erased", "version"], nil, true)
    /// Workers that have been gone for a day are forgotten.
    private static let workerIndex: Index = ("pulse_worker", ["at"], 86_400, false)

    private func createIndexes(
        of history: SchemaHistory, through client: borrowing MongoClient
    ) throws(MongoFailure) {
        for model in history.models.keys {
            try createIndexes(
                of: model.text, [Self.laneIndex, Self.versionIndex, Self.stampIndex, Self.tombstoneIndex],
                through: client)
        }
    }

    private func createIndexes(
        of collection: String, _ indexes: [Index], through client: borrowing MongoClient
    ) throws(MongoFailure) {
        let command = BSONWriter.document { command in
            command.append("createIndexes", collection)
            command.array("indexes") { list in
                for (position, index) in indexes.enumerated() {
                    list.document(.index(position)) { description in
                        description.document("key") { keys in
                            for key in index.keys { keys.append(.utf8(Array(key.utf8)[...]), Int32(1)) }
                        }
                        description.append("name", index.name)
                        if let lifetime = index.lifetime { description.append("expireAfterSeconds", lifetime) }
                        if index.isOfDeleted {
                            description.document("partialFilterExpression") { $0.append("is_deleted", true) }
                        }
                    }
                }
            }
            command.appendMajorityWrite()
        }
        do throws(MongoFailure) {
            try client.run(command, on: database)
        } catch  where error.code == 85 || error.code == 86 {
            throw MongoFailure(
                .other,
                "the collection '\(collection)' of the database '\(database)' has an index that differs from the one "
                    + "this program makes; drop it, and start again (\(error.message))")
        }
    }

    // MARK: Calls

    private func find<Value>(
        _ id: String, through client: borrowing MongoClient,
        _ body: (UnsafeRawBufferPointer) throws(BSONError) -> Value
    ) throws(MongoFailure) -> Value? {
        let session = try MongoSession(client)
        let log = MongoCollection(LogCollection.name, of: database, through: client)
        let options = BSONWriter.document { $0.appendMajorityRead() }
        var cursor = try log.find(LogCollection.filter(id), options: options, in: session)
        return try cursor.next(body)
    }

    /// - Returns: whether a document was found, or inserted.
    @discardableResult
    private func update(
        _ filter: [UInt8], upsert: Bool = false, through client: borrowing MongoClient,
        _ operators: (inout BSONWriter) -> Void
    ) throws(MongoFailure) -> Bool {
        let session = try MongoSession(client)
        let bulk = try MongoCollection(LogCollection.name, of: database, through: client)
            .bulk(in: session, isTransaction: false)
        try bulk.update(filter, BSONWriter.document(operators), upsert: upsert)
        return try bulk.execute() == 1
    }
}
