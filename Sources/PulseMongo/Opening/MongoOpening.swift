import CMongoC
import Foundation
import Logging
import NIOPosix
import PulseEngine
import PulseModel

extension MongoStore {
    /// Connects to a database, and makes it a store or checks that it is one.
    ///
    /// - Parameters:
    ///   - uri: a MongoDB connection string; its path names the database (`pulse` where it does not).
    ///   - patience: how long to wait for a server that cannot be reached yet. The log says so once a second.
    /// - Throws: ``StoreError`` in one sentence that says what is wrong and what to do.
    public static func open(
        _ uri: String, schema: Schema, patience: Duration = .seconds(30), logger: Logger
    ) async throws(StoreError) -> MongoStore {
        try await open(uri, for: schema, patience, logger)
    }

    /// Connects to a database as ``open(_:schema:patience:logger:)`` does, but under no schema, to copy its log to
    /// another store or another's into it.
    ///
    /// - Throws: ``StoreError`` in one sentence that says what is wrong and what to do.
    public static func openForCopying(
        _ uri: String, patience: Duration = .seconds(30), logger: Logger
    ) async throws(StoreError) -> MongoStore {
        try await open(uri, for: nil, patience, logger)
    }

    private static func open(
        _ uri: String, for schema: Schema?, _ patience: Duration, _ logger: Logger
    ) async throws(StoreError) -> MongoStore {
        let threads = (
            writing: NIOThreadPool(numberOfThreads: 1), reading: NIOThreadPool(numberOfThreads: readerCount)
        )
        threads.writing.start()
        threads.reading.start()
        let result: Result<MongoOpening.Result, StoreError> = await withCheckedContinuation { continuation in
            threads.writing.submit { _ in
                continuation.resume(
                    returning: Result { () throws(StoreError) in
                        try MongoOpening(uri, logger: logger).open(for: schema, patience: patience)
                    })
            }
        }
        do {
            return MongoStore(try result.get(), threads: threads, logger: logger)
        } catch {
            try? await threads.writing.shutdownGracefully()
            try? await threads.reading.shutdownGracefully()
            throw error
        }
    }
}

/// What is done before a database is used. Blocks.
struct MongoOpening: ~Copyable {
    struct Result: Sendable {
        let format: MongoFormat
        let pool: MongoPool
        let counter: CommandCounter
        let history: SchemaHistory
    }

    /// The first wire version of MongoDB 6.0.
    private static let oldestWireVersion: Int64 = 17

    private let text: String
    private let uri: MongoURI
    private let logger: Logger
    /// Server and database, without user and password, as sentences name them.
    private let place: String
    private let database: String

    init(_ text: String, logger: Logger) throws(StoreError) {
        MongoDriver.start(logger: logger)
        do {
            uri = try MongoURI(text)
        } catch {
            // What the driver says may have a password in it.
            throw StoreError(
                .unusable,
                "the store's address is no MongoDB connection string; user and password in it are percent-encoded")
        }
        uri.set(MONGOC_URI_SERVERSELECTIONTIMEOUTMS, to: 3_000)
        uri.set(MONGOC_URI_CONNECTTIMEOUTMS, to: 3_000)
        uri.set(MONGOC_URI_SOCKETTIMEOUTMS, to: 8_000)
        self.text = text
        self.logger = logger
        database = uri.database ?? "pulse"
        place = "MongoDB at \(uri.hosts)"
    }

    func open(for schema: Schema?, patience: Duration) throws(StoreError) -> Result {
        try waitForServer(until: .now + patience)
        let counter = CommandCounter()
        do {
            let pool = try MongoPool(uri, maximumClients: MongoStore.readerCount + 3, observer: counter)
            let format = MongoFormat(database: database, place: place)
            let history = try pool.withClient { client throws(StoreError) in
                try format.prepare(for: schema, through: client)
            }
            return Result(format: format, pool: pool, counter: counter, history: history)
        } catch let error as StoreError {
            throw error
        } catch let error as MongoFailure {
            throw StoreError(.unusable, "\(place): \(error.message)")
        } catch {
            throw StoreError(.unusable, "\(error)")
        }
    }

    // MARK: The server

    private func waitForServer(until deadline: ContinuousClock.Instant) throws(StoreError) {
        while true {
            let start = ContinuousClock.now
            let greeting: Greeting
            do throws(MongoFailure) {
                greeting = try Self.greet(uri)
                if greeting.isUninitiated { throw MongoFailure(.unavailable, "its replica set is not initiated") }
            } catch {
                switch error.meaning {
                case .authentication:
                    throw StoreError(.unusable, "\(place) does not take the user and password of the store's address")
                case .unavailable, .transient:
                    try checkReplicaSet()
                    guard ContinuousClock.now < deadline else {
                        throw StoreError(.unavailable, "\(place) cannot be reached: \(error.message)")
                    }
                    logger.notice("waiting for \(place)", metadata: ["error": "\(error.message)"])
                default:
                    throw StoreError(.unusable, "\(place): \(error.message)")
                }
                let rest = (start + .seconds(1) - .now) / .seconds(1)
                if rest > 0 { Thread.sleep(forTimeInterval: rest) }
                continue
            }
            return try check(greeting)
        }
    }

    /// What a server says of itself.
    private struct Greeting {
        var setName: String?
        /// Whether it was started for a set that nobody has initiated yet.
        var isUninitiated = false
        var isRouter = false
        var wireVersion: Int64 = 0
    }

    private static func greet(_ uri: borrowing MongoURI) throws(MongoFailure) -> Greeting {
        try MongoClient.withClient(for: uri) { client throws(MongoFailure) in
            // The first command that needs the credentials; the greeting does not.
            try client.run(BSONWriter.document { $0.append("ping", Int32(1)) }, on: "admin")
            return try client.run(BSONWriter.document { $0.append("hello", Int32(1)) }, on: "admin") {
                bytes throws(BSONError) in
                var greeting = Greeting()
                var elements = try BSONReader(bytes)
                while let element = try elements.next() {
                    if element.has("setName") { greeting.setName = element.string }
                    if element.has("isreplicaset") { greeting.isUninitiated = element.bool ?? false }
                    if element.has("msg") { greeting.isRouter = element.string == "isdbgrid" }
                    if element.has("maxWireVersion") { greeting.wireVersion = element.int ?? 0 }
                }
                return greeting
            }
        }
    }

    private func check(_ greeting: Greeting) throws(StoreError) {
        guard greeting.wireVersion >= Self.oldestWireVersion else {
            throw StoreError(.unusable, "\(place) is too old: MongoDB 6.0 or newer is needed")
        }
        guard greeting.setName != nil || greeting.isRouter else { throw standalone }
    }

    private var standalone: StoreError {
        StoreError(
            .unusable,
            "\(place) is a standalone server, which has no transactions: start it with --replSet and initiate the set")
    }

    /// A server that is no member of the set which the address names is never found, and the driver does not say why.
    private func checkReplicaSet() throws(StoreError) {
        guard let name = uri.replicaSet, uri.hostCount == 1, let direct = try? MongoURI(Self.withoutReplicaSet(text)),
            let greeting = try? Self.greet(direct), !greeting.isUninitiated
        else { return }
        guard let setName = greeting.setName else { throw standalone }
        guard setName == name else {
            throw StoreError(
                .unusable, "\(place) is a member of the replica set '\(setName)', the store's address says '\(name)'")
        }
    }

    private static func withoutReplicaSet(_ uri: String) -> String {
        guard let mark = uri.firstIndex(of: "?") else { return uri }
        let options = uri[uri.index(after: mark)...].split(separator: "&")
        return uri[...mark] + options.filter { !$0.lowercased().hasPrefix("replicaset=") }.joined(separator: "&")
    }
}

extension MongoURI {
    /// Sets an option that the connection string does not have.
    fileprivate func set(_ option: String, to value: Int32) {
        if !mongoc_uri_has_option(pointer, option) { mongoc_uri_set_option_as_int32(pointer, option, value) }
    }

    fileprivate var database: String? {
        mongoc_uri_get_database(pointer).map { String(cString: $0) }
    }

    fileprivate var replicaSet: String? {
        mongoc_uri_get_replica_set(pointer).map { String(cString: $0) }
    }

    fileprivate var hostList: [String] {
        var hosts: [String] = []
        var next = mongoc_uri_get_hosts(pointer)
        while let host = next?.pointee {
            hosts.append(
                withUnsafeBytes(of: host.host_and_port) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
            next = UnsafePointer(host.next)
        }
        return hosts
    }

    fileprivate var hostCount: Int { hostList.count }

    /// `HOST:PORT`, or several of them.
    fileprivate var hosts: String {
        if let service = mongoc_uri_get_srv_hostname(pointer) { return String(cString: service) }
        return hostList.joined(separator: ",")
    }
}
