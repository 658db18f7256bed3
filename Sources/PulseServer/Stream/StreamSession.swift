import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// One client's conversation at the stream of the HTTP API: it says what it wants, and may say so again.
///
/// Sendable because all of it is touched on the connection's event loop only.
final class StreamSession: WebSocketSession, @unchecked Sendable {
    private let endpoint: StreamEndpoint
    private let guest: StreamGuest
    /// Whom the handshake showed.
    private let identity: Identity?
    private var connection: WebSocketConnection?
    /// Nil until it is known who the client is and what it wants.
    private var stream: EntryStream?
    private var rate: RateLimit
    private var deadline: Scheduled<Void>?
    /// What the client wants is looked into. Nothing behind it is read.
    private var starting: Task<Void, Never>?
    private var isPaused = false

    init(_ endpoint: StreamEndpoint, _ guest: StreamGuest, _ identity: Identity?) {
        self.endpoint = endpoint
        self.guest = guest
        self.identity = identity
        rate = RateLimit(endpoint.configuration.session, now: .now())
    }

    // MARK: The connection

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        let patience = TimeAmount(endpoint.configuration.web.limits.handshakeTimeout)
        deadline = connection.eventLoop.scheduleTask(in: patience) {
            self.end(.policyViolation, "No subscribe message came in time.")
        }
    }

    func received(text: ByteBuffer) {
        guard rate.received(byteCount: text.readableBytes, now: .now()) == .take else {
            return end(.policyViolation, "Messages came too fast.")
        }
        do throws(WireError) {
            try take(
                text.withUnsafeReadableBytes { bytes throws(WireError) in
                    try StreamMessage.decode(bytes, limits: endpoint.configuration.wire)
                })
        } catch {
            refuse(error)
        }
    }

    private func take(_ message: StreamMessage) throws(WireError) {
        switch (message, stream) {
        case (.subscribe(let subscription), _): start(subscription)
        case (.auth(let auth), let stream?): stream.renew(by: auth)
        // A client may talk as it likes, as long as it has begun.
        case (.unknown, _?): break
        case (_, nil): throw WireError(.badMessage, "The first message must be a subscribe message.")
        }
    }

    func readComplete() {
        connection?.flush()
    }

    func writabilityChanged(_ isWritable: Bool) {
        if isWritable { stream?.outletBecameWritable() }
        adjustReading()
    }

    var seesToItsEnd: Bool { stream != nil }

    func closed() {
        deadline?.cancel()
        starting?.cancel()
        stream?.closed()
        (stream, connection) = (nil, nil)
    }

    // MARK: The start

    private func start(_ subscription: StreamSubscription) {
        guard let connection else { return }
        let known = stream?.identity ?? identity
        let eventLoop = connection.eventLoop
        starting = Task { [endpoint, guest] in
            let start = await endpoint.start(subscription, of: guest, known: known)
            eventLoop.execute { self.started(start) }
        }
        adjustReading()
    }

    private func started(_ start: StreamStart) {
        starting = nil
        guard let connection else { return }
        switch start {
        case .refused(let code, let detail):
            return end(code, detail)
        case .fullResync(let names):
            var frames = FrameBuffer(reserving: 128)
            frames.append(.fullResyncRequired(names))
            connection.write(frames: ByteBuffer(bytes: frames.bytes))
            return end(.normalClosure, "A full resync is required.")
        case .begins(let identity, let reader, let version):
            deadline?.cancel()
            guard let stream = stream ?? admit(identity, on: connection) else { return }
            stream.send(reader, of: identity, after: version)
        }
        adjustReading()
    }

    private func admit(_ identity: Identity, on connection: WebSocketConnection) -> EntryStream? {
        if let shortage = guest.place.claim(for: identity.user) {
            endpoint.metrics.count(.denied)
            end(.tryAgainLater, shortage.refusal.reason)
            return nil
        }
        endpoint.metrics.count(.accepted)
        let stream = EntryStream(endpoint, guest, identity, on: connection)
        self.stream = stream
        return stream
    }

    private func refuse(_ error: WireError) {
        if let stream { stream.refuse(error) } else { end(.policyViolation, error.message) }
    }

    private func end(_ code: WebSocketCloseCode, _ reason: String) {
        stream?.stop()
        connection?.close(code: code, reason: reason)
    }

    /// A client that is not read by is not listened to.
    private func adjustReading() {
        guard let connection else { return }
        let mustPause = starting != nil || !connection.isWritable
        guard mustPause != isPaused else { return }
        isPaused = mustPause
        if mustPause { connection.pauseReading() } else { connection.resumeReading() }
    }
}
