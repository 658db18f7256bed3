import Foundation
import Logging
import PulseEngine
import PulseModel
import Synchronization

/// Notices what other programs write into the collections of the models, and has it written as the server's own: with a
/// version and a stamp, and sent to everybody whom it concerns.
///
/// It follows MongoDB's change stream, on a thread of its own, and keeps its place in the log. Where it has none, or the
/// server has forgotten it, it first looks through the collections. Several workers may do this at once; what one has
/// taken over the others leave alone.
///
/// A program that removes a document leaves nothing to tell whose it was: it says `is_deleted: true` instead (`_sync_deleted`
/// in documents).
public final class MongoTail: Sendable {
    /// Writes one change, and returns when it is durable.
    public typealias Adopt = @Sendable (Write) async throws(WriteError) -> WriteOutcome

    /// How long one wait for events takes at most; also how soon it ends when it is told to.
    private static let patience: Int64 = 500

    private let store: MongoStore
    private let schema: Schema
    private let takeover: Takeover
    private let logger: Logger
    private let isCancelled = Atomic(false)

    public init(of store: MongoStore, schema: Schema, logger: Logger, adopt: @escaping Adopt) {
        self.store = store
        self.schema = schema
        takeover = Takeover(store: store, adopt: adopt, logger: logger)
        self.logger = logger
    }

    /// Follows until the task is cancelled.
    public func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    self.follow()
                    continuation.resume()
                }
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
        }
    }

    private var mustEnd: Bool { isCancelled.load(ordering: .relaxed) }

    private func follow() {
        while !mustEnd {
            do {
                try store.withClient { client throws(MongoFailure) in try follow(through: client) }
            } catch {
                logger.warning("MongoDB's change stream ended", metadata: ["error": "\(error)"])
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }

    private func follow(through client: borrowing MongoClient) throws(MongoFailure) {
        let log = MongoCollection(LogCollection.name, of: store.format.database, through: client)
        var stream = try open(after: try token(in: log, through: client), log, through: client)
        var saved = ContinuousClock.now
        var isDirty = false
        while !mustEnd {
            let event = try stream.next(Event.init)
            if let event {
                try handle(event, through: client)
                isDirty = true
            }
            // What was handled and not noted is found to be ours when it comes again.
            if isDirty, event == nil || ContinuousClock.now - saved > .seconds(1), let token = stream.resumeToken {
                try save(token, in: log, through: client)
                (isDirty, saved) = (false, .now)
            }
        }
    }

    /// - Parameter token: nil to look through the collections first.
    private func open(
        after token: [UInt8]?, _ log: borrowing MongoCollection, through client: borrowing MongoClient
    ) throws(MongoFailure) -> MongoChangeStream {
        if let token {
            do throws(MongoFailure) {
                var stream = try watch(after: token, through: client)
                // The server says now whether it still knows the place.
                if let event = try stream.next(Event.init) { try handle(event, through: client) }
                return stream
            } catch  where error.isAway || error.mayPass {
                throw error
            } catch {
                logger.warning(
                    "MongoDB has forgotten where its changes were followed to", metadata: ["error": "\(error.message)"])
            }
        }
        var stream = try watch(after: nil, through: client)
        // It begins with the first question.
        let first = try stream.next(Event.init)
        for model in schema.models { try scan(model, through: client) }
        if let first { try handle(first, through: client) }
        return stream
    }

    private func watch(
        after token: [UInt8]?, through client: borrowing MongoClient
    ) throws(MongoFailure) -> MongoChangeStream {
        let pipeline = BSONWriter.document { document in
            document.array("pipeline") { stages in
                stages.document(.index(0)) { stage in
                    stage.document("$match") { match in
                        match.document("ns.coll") { names in
                            names.array("$in") { list in
                                for (index, model) in schema.models.enumerated() {
                                    list.append(.index(index), model.name.text)
                                }
                            }
                        }
                        match.document("operationType") { types in
                            types.array("$in") { list in
                                for (index, type) in ["insert", "update", "replace"].enumerated() {
                                    list.append(.index(index), type)
                                }
                            }
                        }
                    }
                }
            }
        }
        let options = BSONWriter.document { options in
            options.append("fullDocument", "updateLookup")
            options.append("maxAwaitTimeMS", Self.patience)
            if let token { options.append("resumeAfter", document: token) }
        }
        return try client.watch(store.format.database, pipeline: pipeline, options: options)
    }

    /// What happened to a document.
    private struct Event {
        var collection: String?
        /// As it is now; nil where it is gone again.
        var document: [UInt8]?

        init(_ bytes: UnsafeRawBufferPointer) throws(BSONError) {
            var elements = try BSONReader(bytes)
            while let element = try elements.next() {
                if element.has("fullDocument") { document = element.documentBytes }
                guard element.has("ns") else { continue }
                var parts = try element.elements()
                while let part = try parts.next() { if part.has("coll") { collection = part.string } }
            }
        }
    }

    private func handle(_ event: Event, through client: borrowing MongoClient) throws(MongoFailure) {
        guard let document = event.document,
            let model = event.collection.flatMap({ ModelName($0) }).flatMap({ schema[$0] })
        else { return }
        try takeover.handle(document, of: model, through: client) { mustEnd }
    }

    /// Takes over what is not ours in a collection.
    private func scan(_ model: Model, through client: borrowing MongoClient) throws(MongoFailure) {
        let session = try MongoSession(client)
        let collection = MongoCollection(model.name.text, of: store.format.database, through: client)
        var cursor = try collection.find(
            BSONWriter.document { _ in }, options: BSONWriter.document { $0.appendMajorityRead() }, in: session)
        while !mustEnd, let document = try cursor.next({ Array($0) }) {
            try takeover.handle(document, of: model, through: client) { mustEnd }
        }
    }

    // MARK: The place

    private static let id = "tail"

    private func token(
        in log: borrowing MongoCollection, through client: borrowing MongoClient
    ) throws(MongoFailure) -> [UInt8]? {
        let session = try MongoSession(client)
        let options = BSONWriter.document { $0.appendMajorityRead() }
        var cursor = try log.find(LogCollection.filter(Self.id), options: options, in: session)
        return try cursor.next { bytes throws(BSONError) -> [UInt8]? in
            var elements = try BSONReader(bytes)
            while let element = try elements.next() { if element.has("token") { return element.documentBytes } }
            return nil
        } ?? nil
    }

    private func save(
        _ token: [UInt8], in log: borrowing MongoCollection, through client: borrowing MongoClient
    ) throws(MongoFailure) {
        let session = try MongoSession(client)
        let bulk = try log.bulk(in: session, isTransaction: false)
        let operators = BSONWriter.document { $0.document("$set") { $0.append("token", document: token) } }
        try bulk.update(LogCollection.filter(Self.id), operators, upsert: true)
        try bulk.execute()
    }
}
