import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// What a client of the HTTP API's stream is sent, once it is known who it is: entries, and pings between them.
///
/// Sendable because all of it is touched on the connection's event loop only.
final class EntryStream: AdmittedSession, @unchecked Sendable {
    private static let pingInterval = TimeAmount.seconds(30)
    private static let ping: ByteBuffer = {
        var frames = FrameBuffer(reserving: 32)
        frames.append(.ping)
        return ByteBuffer(bytes: frames.bytes)
    }()

    private let endpoint: StreamEndpoint
    private let guest: StreamGuest
    private(set) var lifetime: SessionLifetime
    private(set) var connection: WebSocketConnection?
    private var subscriber: Subscriber?
    private var pings: RepeatedTask?
    private var errors: MinuteBudget

    var engine: SyncEngine { endpoint.engine }

    init(
        _ endpoint: StreamEndpoint, _ guest: StreamGuest, _ identity: Identity, on connection: WebSocketConnection
    ) {
        self.endpoint = endpoint
        self.guest = guest
        self.connection = connection
        errors = MinuteBudget(endpoint.configuration.session.errorsPerMinute)
        lifetime = endpoint.lifetime(of: identity, guest)
        endpoint.metrics.streams.add()
        endpoint.registry.add(self, on: connection)
        pings = connection.eventLoop.scheduleRepeatedTask(
            initialDelay: Self.pingInterval, delay: Self.pingInterval
        ) { [weak self] _ in self?.sendPing() }
    }

    /// Sends `reader` what changed behind a version, in the place of what was sent before.
    ///
    /// - Parameter identity: who the reader is, by the token that was shown last.
    func send(_ reader: Identity, of identity: Identity, after version: Version) {
        guard let connection else { return }
        lifetime.end()
        lifetime = endpoint.lifetime(of: identity, guest)
        subscriber?.close()
        subscriber = engine.stream(to: reader, after: version, on: connection.eventLoop, outlet: connection)
        begin(on: connection)
    }

    func outletBecameWritable() {
        subscriber?.outletBecameWritable()
    }

    private func sendPing() {
        guard let connection, connection.isWritable else { return }
        connection.write(frames: Self.ping)
        connection.flush()
    }

    // MARK: Its end

    func stop() {
        subscriber?.close()
        pings?.cancel()
        lifetime.end()
        (subscriber, connection) = (nil, nil)
    }

    /// The connection is gone. Once, last.
    func closed() {
        stop()
        endpoint.metrics.streams.add(-1)
        endpoint.registry.remove(self)
    }

    func leave() {
        let connection = connection
        stop()
        connection?.close(code: .serviceRestart, reason: "The server restarts.")
    }

    // MARK: What it says

    func refuse(_ error: WireError) {
        guard let connection else { return }
        endpoint.metrics.count(error)
        var frames = FrameBuffer(reserving: 128)
        frames.append(.error(error.message))
        connection.write(frames: ByteBuffer(bytes: frames.bytes))
        connection.flush()
        if !error.code.isRetryable, !errors.spend(now: .now()) {
            connection.close(code: .policyViolation, reason: "Too many messages were refused.")
        }
    }

    func acknowledgement(expiresIn: Int64?) -> FrameBuffer {
        var frames = FrameBuffer(reserving: 64)
        frames.append(.authenticated(expiresIn: expiresIn))
        return frames
    }
}
