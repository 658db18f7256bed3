import CMongoC

// The calls to the server that a store is made of. All block.

extension MongoClient {
    /// Runs a command and looks at its answer.
    func run<Value>(
        _ command: [UInt8], on database: String,
        reading body: (UnsafeRawBufferPointer) throws(BSONError) -> Value
    ) throws(MongoFailure) -> Value {
        let command = MongoDocument(copying: command)
        let reply = MongoReply()
        var error = bson_error_t()
        guard mongoc_client_command_simple(self.pointer, database, command.pointer, nil, reply.pointer, &error) else {
            throw MongoFailure(error, reply: reply.pointer)
        }
        return try MongoDocument.read(reply.pointer, orThrow: MongoFailure.init(unreadable:), body)
    }

    /// Begins to follow what happens in a database.
    ///
    /// - Parameters:
    ///   - pipeline: a document whose member `pipeline` is an array of stages.
    ///   - options: `resumeAfter` and others.
    func watch(
        _ database: String, pipeline: [UInt8], options: [UInt8]
    ) throws(MongoFailure) -> MongoChangeStream {
        let database = mongoc_client_get_database(self.pointer, database)
        defer { mongoc_database_destroy(database) }
        let pipeline = MongoDocument(copying: pipeline)
        let options = MongoDocument(copying: options)
        guard let stream = mongoc_database_watch(database, pipeline.pointer, options.pointer) else {
            throw MongoFailure(.other, "no change stream")
        }
        return MongoChangeStream(owning: stream)
    }

    func run(_ command: [UInt8], on database: String) throws(MongoFailure) {
        try run(command, on: database) { _ in }
    }
}

extension MongoSession {
    /// Begins a transaction that reads one snapshot and whose commit is durable on a majority.
    func startTransaction() throws(MongoFailure) {
        let options = mongoc_transaction_opts_new()
        defer { mongoc_transaction_opts_destroy(options) }
        let readConcern = mongoc_read_concern_new()
        defer { mongoc_read_concern_destroy(readConcern) }
        mongoc_read_concern_set_level(readConcern, MONGOC_READ_CONCERN_LEVEL_SNAPSHOT)
        mongoc_transaction_opts_set_read_concern(options, readConcern)
        let writeConcern = mongoc_write_concern_new()
        defer { mongoc_write_concern_destroy(writeConcern) }
        mongoc_write_concern_set_wmajority(writeConcern, 5_000)
        mongoc_write_concern_set_journal(writeConcern, true)
        mongoc_transaction_opts_set_write_concern(options, writeConcern)
        let preferences = mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        defer { mongoc_read_prefs_destroy(preferences) }
        mongoc_transaction_opts_set_read_prefs(options, preferences)
        var error = bson_error_t()
        guard mongoc_client_session_start_transaction(pointer, options, &error) else { throw MongoFailure(error) }
    }

    /// Commits. May be called again when that failed with `commitUnknown`.
    func commitTransaction() throws(MongoFailure) {
        let reply = MongoReply()
        var error = bson_error_t()
        guard mongoc_client_session_commit_transaction(pointer, reply.pointer, &error) else {
            throw MongoFailure(error, reply: reply.pointer)
        }
    }

    /// Options with this session in them.
    fileprivate func options(_ options: [UInt8]) throws(MongoFailure) -> MongoDocument {
        let options = MongoDocument(copying: options)
        var error = bson_error_t()
        guard mongoc_client_session_append(pointer, options.pointer, &error) else { throw MongoFailure(error) }
        return options
    }
}

/// Which members of a replica set may answer.
enum MongoReadPreference {
    case primary
    /// As the connection string says.
    case deployment
}

extension MongoCollection {
    /// Begins a query. What it finds is asked for when the cursor is moved.
    func find(
        _ filter: [UInt8], options: [UInt8], in session: borrowing MongoSession,
        from preference: MongoReadPreference = .primary
    ) throws(MongoFailure) -> MongoCursor {
        let filter = MongoDocument(copying: filter)
        let options = try session.options(options)
        let primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        defer { mongoc_read_prefs_destroy(primary) }
        let cursor = mongoc_collection_find_with_opts(
            pointer, filter.pointer, options.pointer,
            preference == .primary ? primary : mongoc_collection_get_read_prefs(pointer))
        guard let cursor else { throw MongoFailure(.other, "no cursor") }
        return MongoCursor(owning: cursor)
    }

    /// Begins writes that are sent when they are executed, as few commands as they fit into.
    ///
    /// - Parameter isTransaction: whether the session has begun one, which then says how durable the writes are.
    ///   Otherwise they are so on a majority.
    func bulk(in session: borrowing MongoSession, isTransaction: Bool = true) throws(MongoFailure) -> MongoBulk {
        let options = try session.options(
            BSONWriter.document { options in
                // In any order: a transaction is all or nothing anyway.
                options.append("ordered", false)
                if !isTransaction { options.appendMajorityWrite() }
            })
        guard let bulk = mongoc_collection_create_bulk_operation_with_opts(pointer, options.pointer) else {
            throw MongoFailure(.other, "no bulk operation")
        }
        return MongoBulk(owning: bulk)
    }
}

extension MongoBulk {
    func insert(_ document: [UInt8]) throws(MongoFailure) {
        let document = MongoDocument(copying: document)
        var error = bson_error_t()
        guard mongoc_bulk_operation_insert_with_opts(pointer, document.pointer, nil, &error) else {
            throw MongoFailure(error)
        }
    }

    /// Puts a document in the place of the one that `filter` finds.
    func replace(_ filter: [UInt8], with document: [UInt8]) throws(MongoFailure) {
        let filter = MongoDocument(copying: filter)
        let document = MongoDocument(copying: document)
        var error = bson_error_t()
        guard mongoc_bulk_operation_replace_one_with_opts(pointer, filter.pointer, document.pointer, nil, &error)
        else { throw MongoFailure(error) }
    }

    /// Removes the document that `filter` finds.
    func remove(_ filter: [UInt8]) throws(MongoFailure) {
        let filter = MongoDocument(copying: filter)
        var error = bson_error_t()
        guard mongoc_bulk_operation_remove_one_with_opts(pointer, filter.pointer, nil, &error) else {
            throw MongoFailure(error)
        }
    }

    /// Changes the document that `filter` finds, by update operators.
    func update(_ filter: [UInt8], _ operators: [UInt8], upsert: Bool = false) throws(MongoFailure) {
        let filter = MongoDocument(copying: filter)
        let operators = MongoDocument(copying: operators)
        let options = MongoDocument(copying: BSONWriter.document { $0.append("upsert", upsert) })
        var error = bson_error_t()
        guard
            mongoc_bulk_operation_update_one_with_opts(
                pointer, filter.pointer, operators.pointer, options.pointer, &error)
        else { throw MongoFailure(error) }
    }

    /// - Returns: how many documents were inserted, found, inserted for want of one, or removed.
    @discardableResult
    func execute() throws(MongoFailure) -> Int64 {
        let reply = MongoReply()
        var error = bson_error_t()
        guard mongoc_bulk_operation_execute(pointer, reply.pointer, &error) != 0 else {
            throw MongoFailure(error, reply: reply.pointer)
        }
        return try MongoDocument.read(reply.pointer, orThrow: MongoFailure.init(unreadable:)) {
            bytes throws(BSONError) in
            var count: Int64 = 0
            var elements = try BSONReader(bytes)
            while let element = try elements.next() {
                let kinds: [StaticString] = ["nInserted", "nMatched", "nUpserted", "nRemoved"]
                if kinds.contains(where: { element.has($0) }) {
                    count += element.int ?? 0
                }
            }
            return count
        }
    }
}
