import CMongoC
import Dispatch

// Each of these structs owns one thing of libmongoc and gives it back. None is shared between threads.

/// A BSON document of libbson's own.
struct MongoDocument: ~Copyable {
    let pointer: OpaquePointer

    init(copying bytes: [UInt8]) {
        guard let pointer = bson_new_from_data(bytes, bytes.count) else {
            preconditionFailure("what a BSONWriter wrote is no BSON")
        }
        self.pointer = pointer
    }

    deinit { bson_destroy(pointer) }

    /// Reads a document that libmongoc lends; `failure` takes why it cannot be read.
    static func read<Value>(
        _ borrowed: OpaquePointer, orThrow failure: (String) -> MongoFailure,
        _ body: (UnsafeRawBufferPointer) throws(BSONError) -> Value
    ) throws(MongoFailure) -> Value {
        do {
            return try body(bytes(of: borrowed))
        } catch {
            throw failure(error.message)
        }
    }

    /// The bytes of a document, for as long as libmongoc lends it.
    static func bytes(of borrowed: OpaquePointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bson_get_data(borrowed), count: Int(pulse_bson_length(borrowed)))
    }
}

/// Where the server's answer to one call is put.
struct MongoReply: ~Copyable {
    let pointer: OpaquePointer

    init() {
        guard let pointer = pulse_reply_new() else { fatalError("out of memory") }
        self.pointer = pointer
    }

    deinit { pulse_reply_free(pointer) }
}

/// A parsed connection string.
struct MongoURI: ~Copyable {
    let pointer: OpaquePointer

    init(_ text: String) throws(MongoFailure) {
        var error = bson_error_t()
        guard let pointer = mongoc_uri_new_with_error(text, &error) else { throw MongoFailure(error) }
        self.pointer = pointer
    }

    deinit { mongoc_uri_destroy(pointer) }
}

/// The connections of one store to its database.
///
/// Sendable because libmongoc locks the pool behind ``pointer`` itself.
final class MongoPool: Sendable {
    private nonisolated(unsafe) let pointer: OpaquePointer
    private let observer: CommandCounter

    /// - Parameter observer: told of the commands of transactions.
    init(_ uri: borrowing MongoURI, maximumClients: Int, observer: CommandCounter) throws(MongoFailure) {
        var error = bson_error_t()
        guard let pointer = mongoc_client_pool_new_with_error(uri.pointer, &error) else { throw MongoFailure(error) }
        self.pointer = pointer
        self.observer = observer
        mongoc_client_pool_max_size(pointer, UInt32(maximumClients))
        mongoc_client_pool_set_error_api(pointer, MONGOC_ERROR_API_VERSION_2)
        observer.observe(pointer)
    }

    deinit {
        // It waits half a second for the threads that watch the servers: not on whatever thread lets go last.
        nonisolated(unsafe) let pointer = pointer
        DispatchQueue.global().async { [observer] in
            mongoc_client_pool_destroy(pointer)
            withExtendedLifetime(observer) {}
        }
    }

    /// Lends a client to the calling thread; waits while all are lent.
    func withClient<Value, Failure: Error>(
        _ body: (borrowing MongoClient) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let client = MongoClient(borrowing: mongoc_client_pool_pop(pointer))
        defer { mongoc_client_pool_push(pointer, client.pointer) }
        return try body(client)
    }
}

/// A connection to the database, for one thread at a time. Its pool, or whoever made it, owns it.
struct MongoClient: ~Copyable {
    let pointer: OpaquePointer

    init(borrowing pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// A client without a pool, which asks for the server only when it is used.
    static func withClient<Value, Failure: Error>(
        for uri: borrowing MongoURI, _ body: (borrowing MongoClient) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let pointer = mongoc_client_new_from_uri(uri.pointer) else {
            preconditionFailure("a connection string that was parsed makes no client")
        }
        defer { mongoc_client_destroy(pointer) }
        mongoc_client_set_error_api(pointer, MONGOC_ERROR_API_VERSION_2)
        return try body(MongoClient(borrowing: pointer))
    }
}

/// A client session: what makes several calls a transaction, or one follow the other.
struct MongoSession: ~Copyable {
    let pointer: OpaquePointer

    init(_ client: borrowing MongoClient) throws(MongoFailure) {
        var error = bson_error_t()
        guard let pointer = mongoc_client_start_session(client.pointer, nil, &error) else { throw MongoFailure(error) }
        self.pointer = pointer
    }

    /// Aborts a transaction that was not committed.
    deinit { mongoc_client_session_destroy(pointer) }
}

/// A collection, through one client.
struct MongoCollection: ~Copyable {
    let pointer: OpaquePointer

    init(_ name: String, of database: String, through client: borrowing MongoClient) {
        pointer = mongoc_client_get_collection(client.pointer, database, name)
    }

    deinit { mongoc_collection_destroy(pointer) }
}

/// The results of a query, one after the other.
struct MongoCursor: ~Copyable {
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { mongoc_cursor_destroy(pointer) }

    /// Calls `body` with the next document.
    ///
    /// - Returns: nil behind the last one.
    mutating func next<Value>(
        _ body: (UnsafeRawBufferPointer) throws(BSONError) -> Value
    ) throws(MongoFailure) -> Value? {
        var document: OpaquePointer?
        if mongoc_cursor_next(pointer, &document), let document {
            return try MongoDocument.read(document, orThrow: MongoFailure.init(damaged:), body)
        }
        var error = bson_error_t()
        var reply: OpaquePointer?
        if mongoc_cursor_error_document(pointer, &error, &reply) { throw MongoFailure(error, reply: reply) }
        return nil
    }
}

/// What happens in a database, as it happens.
struct MongoChangeStream: ~Copyable {
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { mongoc_change_stream_destroy(pointer) }

    /// Waits for the next event, for as long as the stream was told to, and calls `body` with it.
    ///
    /// - Returns: nil where none came.
    mutating func next<Value>(
        _ body: (UnsafeRawBufferPointer) throws(BSONError) -> Value
    ) throws(MongoFailure) -> Value? {
        var event: OpaquePointer?
        if mongoc_change_stream_next(pointer, &event), let event {
            return try MongoDocument.read(event, orThrow: MongoFailure.init(damaged:), body)
        }
        var error = bson_error_t()
        var reply: OpaquePointer?
        if mongoc_change_stream_error_document(pointer, &error, &reply) { throw MongoFailure(error, reply: reply) }
        return nil
    }

    /// Where a stream goes on behind the last event.
    var resumeToken: [UInt8]? {
        mongoc_change_stream_get_resume_token(pointer).map { Array(MongoDocument.bytes(of: $0)) }
    }
}

/// Writes that go to the server together.
struct MongoBulk: ~Copyable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { mongoc_bulk_operation_destroy(pointer) }
}
