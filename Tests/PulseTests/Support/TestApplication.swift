import Foundation
import Logging
import Pulse
import PulseSQLite
import PulseWire

/// What an application with some models has at hand, over a file of its own, and a client that uploads to it.
final class TestApplication: Sendable {
    let engine: SyncEngine
    private let path: String

    init(_ models: [ModelRegistration]) async throws {
        path = NSTemporaryDirectory() + "pulse-models-\(UUID().uuidString).sqlite"
        let schema = try models.schema()
        engine = try await SyncEngine(
            schema: schema, hooks: models.hooks, store: SQLiteStore(path: path, schema: schema), eventLoops: [],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    var records: Records { engine.records }

    /// Uploads one item as a client of `identity` does.
    ///
    /// - Returns: what became of it, or the error that the client is sent.
    func upload(
        _ payload: String, to model: Model, by identity: Identity = .ann
    ) async throws -> Result<WriteOutcome, ItemError> {
        let text = #"{"type":"SYNC_UPLOAD","table":"\#(model.name)","payload":\#(payload)}"#
        let message = try Array(text.utf8).withUnsafeBytes { bytes throws(WireError) in
            try ClientMessage.decode(bytes, limits: WireLimits())
        }
        guard case .upload(let upload) = message else { fatalError("It is an upload.") }
        let write: Result<Write, ItemError> = Result { () throws(ItemError) in
            Write(try upload.item.change(of: model, by: identity))
        }
        var passed = write
        if case .success(let write) = write { passed = try await engine.pass([write], of: model, by: identity)[0] }
        switch passed {
        case .failure(let error): return .failure(error)
        case .success(let write):
            return await withCheckedContinuation { continuation in
                do throws(WriteError) {
                    try engine.submit(WriteBatch(author: .client(identity), writes: [write])) { result in
                        continuation.resume(returning: .success(try! result.get()[0]))
                    }
                } catch {
                    continuation.resume(returning: .failure(ItemError("\(error)")))
                }
            }
        }
    }
}

extension Identity {
    static let ann = Identity(
        user: UserID("1")!, groups: [GroupID(claim: ClaimName("team")!, value: GroupName("red")!)])
}

extension WriteOutcome {
    var stored: Record? {
        switch self {
        case .accepted(let record), .resolved(let record), .repeated(let record): record
        case .answered, .conflict, .rejected: nil
        }
    }
}
