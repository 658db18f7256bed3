import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import PulseEngine
import PulseMetrics
import PulseModel
import PulseWire
import ServiceLifecycle

/// A worker: the engine behind one port that speaks the pulse protocol and HTTP.
public struct PulseServer: Sendable {
    public struct Configuration: Sendable {
        /// Address, limits of sockets and requests, and which browser pages may connect.
        public var web: WebServer.Configuration
        /// Limits of messages.
        public var wire: WireLimits
        /// Limits of one connection.
        public var session = SessionLimits()
        /// Where the pulse protocol is spoken, with and without the last slash.
        public var path = "/ws/pulse/sync/"
        /// The cookie that may hold a token; nil for none.
        public var tokenCookie: String?
        /// Whether `/` echoes what WebSockets send it: for protocol tests, never for production.
        public var hasEchoEndpoint = false

        public init(web: WebServer.Configuration = .init(), wire: WireLimits = .init()) {
            self.web = web
            self.wire = wire
        }
    }

    private let engine: SyncEngine
    private let authenticator: any Authenticator
    private let configuration: Configuration
    private let metrics: MetricRegistry
    private let logger: Logger
    private let registry = SessionRegistry()
    private let rateLimited: Counter

    public init(
        engine: SyncEngine, authenticator: any Authenticator, configuration: Configuration,
        metrics: MetricRegistry = MetricRegistry(), logger: Logger
    ) {
        self.engine = engine
        self.authenticator = authenticator
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
        rateLimited = metrics.counter(
            "pulse_rate_limited_messages_total", "Messages refused because they came too fast.")
    }

    /// Serves until SIGTERM or SIGINT. Then what was taken is committed and acked, every client is told to come back
    /// (close code 1012), and the call returns.
    ///
    /// - Parameters:
    ///   - eventLoopGroup: the loops that the engine was made for.
    ///   - work: the application's own, begun after `onBound` and cancelled before anything else stops. If it fails,
    ///     the server stops.
    ///   - onBound: called with the address that is listened on.
    /// - Throws: ``WebServerError`` when the address cannot be listened on, ``BackgroundWorkError`` when the work failed,
    ///   ``StoreError`` when the store has been replaced.
    public func run(
        on eventLoopGroup: any EventLoopGroup,
        beside work: @escaping @Sendable (Records) async throws -> Void = { _ in },
        onBound: @escaping @Sendable (SocketAddress) async -> Void
    ) async throws {
        var web = configuration.web
        web.limits.maximumMessageBytes = configuration.wire.maximumMessageBytes
        let (listening, isListening) = AsyncStream.makeStream(of: Never.self)
        let server = WebServer(
            configuration: web, endpoints: endpoints, router: routes, eventLoopGroup: eventLoopGroup, metrics: metrics,
            logger: logger
        ) { address in
            await onBound(address)
            isListening.finish()
        }
        let background = BackgroundWork(after: listening, logger: logger) { [engine] in try await work(engine.records) }
        // Shut down from the last to the first, one after the other.
        var services = ServiceGroupConfiguration(
            services: [
                .init(service: Follower(engine: engine), failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: Farewell(engine: engine, registry: registry)),
                .init(
                    service: background, successTerminationBehavior: .ignore,
                    failureTerminationBehavior: .gracefullyShutdownGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // A store that does not answer must not keep the process from ending.
        services.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: services).run()
    }

    private var endpoints: [WebSocketEndpoint] {
        let pulse = WebSocketEndpoint(path: configuration.path) { [self] request in
            do throws(AuthenticationError) {
                let names = request.query.values(of: "client_id")
                let client = names.first.flatMap { ClientID($0) }
                guard names.isEmpty || names.count == 1 && client != nil else {
                    return .refuse(
                        status: .badRequest, reason: "client_id: must be 1 to 64 bytes without control characters.")
                }
                let credentials = try Credentials(
                    headers: request.headers, query: request.query, tokenCookie: configuration.tokenCookie,
                    remoteAddress: request.remoteAddress?.ipAddress)
                let identity = try await engine.admit(authenticator.authenticate(credentials)).on(client)
                if let shortage = request.place.claim(for: identity.user) {
                    logger.info(
                        "a client was refused",
                        metadata: [
                            "reason": "its user has too many connections",
                            "address": "\(request.remoteAddress?.ipAddress ?? "unknown")",
                        ])
                    let refusal = shortage.refusal
                    return .refuse(status: refusal.status, reason: refusal.reason, headers: refusal.headers)
                }
                return .accept(subprotocol: BearerProtocol.answer(to: request.headers)) { _ in
                    PulseSession(
                        engine: engine, identity: identity, limits: configuration.wire,
                        sessionLimits: configuration.session, rateLimited: rateLimited, registry: registry,
                        logger: logger)
                }
            } catch {
                logger.info("a client was refused", metadata: ["reason": "\(error)"])
                return error.isTemporary
                    ? .refuse(status: .serviceUnavailable, reason: "Try again.")
                    : .refuse(status: .forbidden, reason: "Not authenticated.")
            }
        }
        return configuration.hasEchoEndpoint ? [pulse, .echo] : [pulse]
    }

    private var routes: Router<BasicRequestContext> {
        let router = Router()
        router.get("/healthz") { [engine] _, _ -> Response in
            do {
                _ = try await engine.store.head()
                return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "ok\n")))
            } catch {
                return Response(
                    status: .serviceUnavailable, body: .init(byteBuffer: ByteBuffer(string: "store unavailable\n")))
            }
        }
        router.get("/ready") { [engine] _, _ in await Readiness(of: engine).response }
        return router
    }
}

/// Keeps the engine's place in the log for as long as sockets are open.
private struct Follower: Service {
    let engine: SyncEngine

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await engine.run() }
    }
}

/// The first to go when the worker stops: what clients were promised is done before their sockets close.
private struct Farewell: Service {
    let engine: SyncEngine
    let registry: SessionRegistry

    func run() async {
        try? await gracefulShutdown()
        await engine.drain()
        registry.closeForRestart()
    }
}
