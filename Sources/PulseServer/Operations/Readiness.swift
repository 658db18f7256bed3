import Hummingbird
import NIOCore
import PulseEngine

/// Whether a worker can serve clients: the answer of `GET /readyz`, for a load balancer and for operators.
struct Readiness: Sendable, Hashable {
    /// A part that serving depends on.
    enum Part: String, Sendable {
        case ready
        /// It serves all the same: without its bus, other workers' changes take seconds; without room in its store, only
        /// deletes are taken, or nothing. The log or the metrics say more.
        case degraded
        case unavailable
        /// There is no such part here.
        case notApplicable = "not applicable"
    }

    var store: Part
    var bus: Part
    var disk: Part
    var isStopping: Bool

    var isReady: Bool { store == .ready && !isStopping }

    private var status: String {
        if isStopping { return "stopping" }
        if store != .ready { return Part.unavailable.rawValue }
        return ([bus, disk].contains(.degraded) ? Part.degraded : .ready).rawValue
    }

    var response: Response {
        let json = """
            {"status":"\(status)","store":"\(store.rawValue)","bus":"\(bus.rawValue)","disk":"\(disk.rawValue)"}

            """
        return Response(
            status: isReady ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: json)))
    }
}

extension Readiness.Part {
    /// Room in the store, which on a server of its own has no disk that this worker could look at.
    init(_ room: StoreRoom) {
        self = room.level != .everything ? .degraded : room.size?.freeBytes == nil ? .notApplicable : .ready
    }
}
