import NIOCore

/// The one that sends, held from outside its event loop: a client that uploads, or a publisher by HTTP.
enum FanoutSender: Sendable {
    case upload(Connection<PacedUpload>)
    case post(Connection<FanoutPost>)

    /// - Parameter publish: where to publish by POST; nil to upload.
    static func open(
        _ client: Client, on loop: any EventLoop, token: String, plan: PacedUpload.Plan, publish: Endpoint?
    ) async throws -> FanoutSender {
        guard let publish else {
            return .upload(try await client.open(token: token, on: loop) { PacedUpload(plan: plan) })
        }
        let publisher = Client(endpoint: publish, timeout: client.timeout, group: client.group)
        return .post(
            try await publisher.openHTTP(user: token, on: loop) { FanoutPost($0, plan: plan) })
    }

    /// Sends so many uploads a second from `start` on; what is due from `window.from` on is the second phase, and with
    /// `window.to` it ends.
    func start(at start: NIODeadline, perSecond rate: Double, measuring window: Window) async throws {
        let pacing = Pacing.open(perSecond: rate, connection: 0, of: 1, from: start, until: window.to)
        try await onLoop { sender in
            sender.tally.begin(phaseAt: start)
            sender.tally.begin(phaseAt: window.from)
            sender.start(pacing)
        }
    }

    func stop(at end: NIODeadline) async throws {
        try await onLoop { $0.pacing.stop(at: end) }
    }

    func tally() async throws -> PacedTally {
        try await onLoop { $0.tally }
    }

    func close() async {
        switch self {
        case .upload(let connection): await connection.close()
        case .post(let connection): await connection.close()
        }
    }

    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (any PacedConnection) -> Value
    ) async throws -> Value {
        switch self {
        case .upload(let connection): try await connection.onLoop { body($0) }
        case .post(let connection): try await connection.onLoop { body($0) }
        }
    }
}
