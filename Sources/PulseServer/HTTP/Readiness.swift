import Hummingbird
import NIOCore
import PulseEngine
import PulseModel

/// Whether a worker can serve clients: the answer of `GET /ready`, for a load balancer and for operators.
enum Readiness {
    case ready
    /// It serves, but other workers' changes take seconds to its clients; the text says why.
    case degraded(String)
    /// The store does not answer.
    case unavailable

    init(of engine: SyncEngine) async {
        do {
            _ = try await engine.store.head()
            self = await engine.report().bus.trouble.map { .degraded($0) } ?? .ready
        } catch {
            self = .unavailable
        }
    }

    var response: Response {
        let status: HTTPResponse.Status
        var json = JSONWriter(reserving: 128)
        switch self {
        case .ready:
            status = .ok
            json.raw(#"{"status":"ready"}"#)
        case .degraded(let reason):
            status = .ok
            json.raw(#"{"status":"degraded","reason":"#)
            json.string(reason)
            json.raw("}")
        case .unavailable:
            status = .serviceUnavailable
            json.raw(#"{"status":"unavailable","reason":"the store does not answer"}"#)
        }
        json.raw("\n")
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
