import Hummingbird
import NIOCore
import PulseEngine

/// Whether a worker can serve clients: the answer of `GET /ready`, for a load balancer and for operators.
enum Readiness {
    case ready
    /// It serves, but other workers' changes take seconds to its clients. The log says why.
    case degraded
    /// The store does not answer.
    case unavailable

    init(of engine: SyncEngine) async {
        do {
            _ = try await engine.store.head()
            self = await engine.report().bus.trouble == nil ? .ready : .degraded
        } catch {
            self = .unavailable
        }
    }

    var response: Response {
        let (status, json): (HTTPResponse.Status, String) =
            switch self {
            case .ready: (.ok, #"{"status":"ready"}"#)
            case .degraded: (.ok, #"{"status":"degraded","reason":"other workers are not heard"}"#)
            case .unavailable: (.serviceUnavailable, #"{"status":"unavailable","reason":"the store does not answer"}"#)
            }
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: json + "\n")))
    }
}
