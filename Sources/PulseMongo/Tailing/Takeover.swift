import Foundation
import Logging
import PulseEngine
import PulseModel
import Synchronization

/// Makes records of other programs' documents.
struct Takeover: Sendable {
    let store: MongoStore
    let adopt: MongoTail.Adopt
    let logger: Logger

    /// Takes a document over unless it is ours. Blocks until it is, or cannot be, or `mustEnd`.
    ///
    /// - Parameter document: as it was at some time.
    func handle(
        _ document: [UInt8], of model: Model, through client: borrowing MongoClient, until mustEnd: () -> Bool
    ) throws(MongoFailure) {
        guard let layout = store.layout(of: model.name), let key = foreign(document, of: model, layout)?.key else {
            return
        }
        // Another worker may have taken it over since, and clients may have gone on from there: the record is looked at
        // first, and then whether the document is still there.
        while !mustEnd() {
            let record: Record?
            switch wait({ [store] () async throws(StoreError) in try await store.record(key) }) {
            case .success(let stored): record = stored
            case .failure(let error) where error.code == .unusable:
                return refuse(document, of: model, because: error.message)
            case .failure(let error):
                postpone(because: error)
                continue
            }
            guard let current = try stored(document, in: model, through: client),
                let foreign = foreign(current, of: model, layout)
            else { return }
            guard foreign.key == key else { return try handle(current, of: model, through: client, until: mustEnd) }
            if foreign.isMoved, let record, foreign.isWritten(in: record, of: model) {
                return try remove(current, of: model, through: client)
            }
            let write = foreign.write(from: record?.version ?? .zero)
            switch wait({ [adopt] () async throws(WriteError) in try await adopt(write) }) {
            case .success(.rejected(let error)): return refuse(current, of: model, because: error.message)
            case .success(.conflict): continue
            case .success:
                // One that was changed meanwhile stays, and comes again.
                if foreign.isMoved { try remove(current, of: model, through: client) }
                return
            case .failure(let error) where error.isFinal: return refuse(current, of: model, because: "\(error)")
            case .failure(let error): postpone(because: error)
            }
        }
    }

    /// Nil where the document is ours, or cannot be taken over.
    private func foreign(_ document: [UInt8], of model: Model, _ layout: ModelLayout) -> ForeignDocument? {
        let read = document.withUnsafeBytes { bytes in
            Result { () throws(ForeignDocument.Problem) in try ForeignDocument(bytes, of: model, layout) }
        }
        do throws(ForeignDocument.Problem) {
            return try read.get()
        } catch {
            refuse(document, of: model, because: error.message)
            return nil
        }
    }

    private func postpone(because error: any Error) {
        logger.warning("another program's document is not written yet", metadata: ["error": "\(error)"])
        Thread.sleep(forTimeInterval: 0.5)
    }

    /// A document as it is now; nil where it is gone.
    private func stored(
        _ document: [UInt8], in model: Model, through client: borrowing MongoClient
    ) throws(MongoFailure) -> [UInt8]? {
        let session = try MongoSession(client)
        let collection = MongoCollection(model.name.text, of: store.format.database, through: client)
        var cursor = try collection.find(
            BSONWriter.document { $0.appendID(of: document) }, options: BSONWriter.document { $0.appendMajorityRead() },
            in: session)
        return try cursor.next { Array($0) }
    }

    private func refuse(_ document: [UInt8], of model: Model, because reason: String) {
        let id = document.withUnsafeBytes { bytes -> String in
            guard var elements = try? BSONReader(bytes), let id = try? elements.next() else { return "?" }
            return id.string ?? id.objectID ?? id.uuid?.description ?? id.int.map(String.init) ?? "?"
        }
        logger.warning(
            "another program's document cannot be taken over",
            metadata: [
                "collection": "\(model.name)", "id": "\(id.excerpt(maximumByteCount: 64))", "reason": "\(reason)",
            ])
    }

    /// Removes a document that is still exactly this.
    private func remove(
        _ document: [UInt8], of model: Model, through client: borrowing MongoClient
    ) throws(MongoFailure) {
        let command = BSONWriter.document { command in
            command.append("delete", model.name.text)
            command.array("deletes") { list in
                list.document(.index(0)) { delete in
                    delete.document("q") { filter in
                        filter.appendID(of: document)
                        filter.document("$expr") { expression in
                            expression.array("$eq") { parts in
                                parts.append(.index(0), "$$ROOT")
                                parts.document(.index(1)) { $0.append("$literal", document: document) }
                            }
                        }
                    }
                    delete.append("limit", Int32(1))
                }
            }
            command.appendMajorityWrite()
        }
        try client.run(command, on: store.format.database)
    }

    /// Blocks this thread, which nothing else waits for, until the work is done.
    private func wait<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) -> Result<Value, Failure> {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, Failure>?>(nil)
        Task {
            let outcome: Result<Value, Failure>
            do throws(Failure) { outcome = .success(try await work()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        guard let outcome = result.withLock({ $0 }) else { preconditionFailure("The work has ended.") }
        return outcome
    }
}

extension BSONWriter {
    /// Appends the `_id` of a document as it is.
    fileprivate mutating func appendID(of document: [UInt8]) {
        document.withUnsafeBytes { bytes in
            guard var elements = try? BSONReader(bytes) else { return }
            while let element = try? elements.next() { if element.has("_id") { append("_id", element) } }
        }
    }
}

extension WriteError {
    /// Whether the same write will never be taken.
    fileprivate var isFinal: Bool {
        switch self {
        case .tooLarge, .readOnly: true
        case .unavailable(let error): error.code == .unusable
        case .busy, .storeFull, .closed: false
        }
    }
}
