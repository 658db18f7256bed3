import Hummingbird
import Logging
import PulseEngine
import PulseModel
import PulseServer

/// `POST /record`: another service writes as the server does.
struct RecordRoute: Sendable {
    let records: Records
    let logger: Logger

    func respond(to request: RecordRequest) async throws(SyncError) -> Response {
        let record: Record
        do {
            record = try await records.write(request.change)
        } catch {
            throw SyncError(error as? RecordsError)
        }
        logger.debug(
            "another service has written",
            metadata: [
                "collection": "\(record.key.model)", "version": "\(record.version)", "actor": "\(request.actor ?? "")",
            ])
        return .json(
            .ok, [("doc_id", request.change.id.json), ("version", .string(record.stamp.description))])
    }
}

extension SyncError {
    fileprivate init(_ error: RecordsError?) {
        switch error {
        case .invalid(let message): self = .invalid([.wrongValue(["body"], message)])
        case .notFound: self = .refused(.notFound, "There is no such document")
        case .conflict, .unavailable, nil: self = .later("The store does not answer")
        }
    }
}
