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
        /// How long a connection outlives its token, so that its client can renew it.
        public var authGrace = Duration.seconds(30)
        /// What opens the admin endpoints; nil where there are none.
        public var adminToken: String?
        /// Where the pulse protocol is spoken, with and without the last slash.
        public var path = "/ws/pulse/sync/"
        /// Where the stream of the HTTP API is; nil where it is off.
        public var streamPath: String? = "/sync/stream"
        /// The cookie that may hold a token; nil for none.
        public var tokenCookie: String?
        /// Whether `/` echoes what WebSockets send it: for protocol tests, never for production.
        public var hasEchoEndpoint = false
        /// When it is told to stop: how long it says that it is not ready before it takes no more connections.
        public var drainDelay: Duration = .zero
        /// And how long it takes, then, to send its clients away.
        public var drain: Duration = .seconds(5)
        /// Where metrics are served, and health besides; nil for nowhere. Never on the port that clients reach.
        public var operations: WebServer.Configuration?
        /// The program's own, for its metrics.
        public var version = "unknown"

        public init(web: WebServer.Configuration = .init(), wire: WireLimits = .init()) {
            self.web = web
            self.wire = wire
        }
    }

    private let engine: SyncEngine
    /// Who is let in, for ``routes`` too.
    package let admission: Admission
    /// What else is answered on the port that clients reach, before health.
    package var routes: [any MiddlewareProtocol<Request, Response, RouteContext>] = []
    private let configuration: Configuration
    private let metrics: MetricRegistry
    private let serverMetrics: ServerMetrics
    private let traces = Traces()
    private let logger: Logger
    private let registry = SessionRegistry()
    private let drain: Drain

    public init(
        engine: SyncEngine, authenticator: any Authenticator, configuration: Configuration,
        metrics: MetricRegistry = MetricRegistry(), logger: Logger
    ) {
        self.engine = engine
        admission = Admission(engine: engine, authenticator: authenticator, configuration: configuration)
        self.configuration = configuration
        self.metrics = metrics
        serverMetrics = ServerMetrics(metrics)
        drain = Drain(.init(notice: configuration.drainDelay, spread: configuration.drain))
        self.logger = logger
        ProcessMetrics.register(in: metrics, version: configuration.version)
    }

    /// Serves until SIGTERM or SIGINT. Then it is not ready any more, takes no more connections, tells one client after the
    /// other to come back (close code 1012) when what it took from them is committed and acked, and the call returns.
    /// A second signal makes it hurry.
    ///
    /// - Parameters:
    ///   - eventLoopGroup: the loops that the engine was made for.
    ///   - work: the application's own, begun after `onBound` and cancelled before any connection is closed. If it fails,
    ///     the server stops.
    ///   - onBound: called with the address that is listened on.
    ///   - onOperationsBound: called with the address of ``Configuration/operations``.
    ///   - onStopping: called when the first signal has come.
    /// - Throws: ``WebServerError`` when the address cannot be listened on, ``BackgroundWorkError`` when the work failed,
    ///   ``StoreError`` when the store has been replaced.
    public func run(
        on eventLoopGroup: any EventLoopGroup,
        beside work: @escaping @Sendable (Records) async throws -> Void = { _ in },
        onBound: @escaping @Sendable (SocketAddress) async -> Void,
        onOperationsBound: @escaping @Sendable (SocketAddress) async -> Void = { _ in },
        onStopping: @escaping @Sendable () -> Void = {}
    ) async throws {
        var web = configuration.web
        web.limits.maximumMessageBytes = configuration.wire.maximumMessageBytes
        let (listening, isListening) = AsyncStream.makeStream(of: Never.self)
        let probe = ReadinessProbe(engine: engine, drain: drain)
        let router = Router(context: RouteContext.self, options: .autoGenerateHeadEndpoints)
        if let token = configuration.adminToken {
            router.add(middleware: AdminRoutes(token: token, engine: engine, registry: registry, logger: logger))
        }
        for route in routes { router.add(middleware: route) }
        router.addHealth(probe)
        let server = WebServer(
            configuration: web, endpoints: endpoints, router: router, eventLoopGroup: eventLoopGroup, metrics: metrics,
            logger: logger
        ) { address in
            await onBound(address)
            isListening.finish()
        }
        let background = BackgroundWork(after: listening, logger: logger) { [engine] in try await work(engine.records) }
        // At its debug level it prints all that services consist of.
        var quiet = logger
        quiet.logLevel = max(.info, logger.logLevel)
        // Shut down from the last to the first, one after the other.
        var services = ServiceGroupConfiguration(
            services: [
                .init(
                    service: Follower(engine: engine, registry: registry),
                    failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(
                    service: Sockets(server: server, engine: engine, registry: registry, drain: drain),
                    successTerminationBehavior: .gracefullyShutdownGroup),
                .init(
                    service: background, successTerminationBehavior: .ignore,
                    failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: Notice(drain: drain, logger: logger, stopping: onStopping)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        if let operations = configuration.operations {
            let router = Router(context: RouteContext.self, options: .autoGenerateHeadEndpoints)
            router.addHealth(probe)
            router.addMetrics(metrics)
            let server = WebServer(
                configuration: operations, endpoints: [], router: router, eventLoopGroup: eventLoopGroup,
                logger: logger, onBound: onOperationsBound)
            services.services.insert(.init(service: server), at: 0)
        }
        // A store that does not answer must not keep the process from ending.
        services.maximumGracefulShutdownDuration = .seconds(30) + configuration.drainDelay + configuration.drain
        try await ServiceGroup(configuration: services).run()
    }

    private var endpoints: [WebSocketEndpoint] {
        let pulse = WebSocketEndpoint(path: configuration.path) { [self] request in
            var logger = logger
            logger[metadataKey: "connection"] = "\(request.connection)"
            let trace = traces.handshake()
            let address = request.remoteAddress?.ipAddress
            do throws(AuthenticationError) {
                let names = request.query.values(of: "client_id")
                let client = names.first.flatMap { ClientID($0) }
                guard names.isEmpty || names.count == 1 && client != nil else {
                    serverMetrics.count(.denied)
                    trace.end()
                    return .refuse(
                        status: .badRequest, reason: "client_id: must be 1 to 64 bytes without control characters.")
                }
                let identity = try await admission.admit(
                    headers: request.headers, query: request.query, remoteAddress: address, on: client)
                if let shortage = request.place.claim(for: identity.user) {
                    serverMetrics.count(.denied)
                    trace.end()
                    logger.info(
                        "a client was refused",
                        metadata: [
                            "reason": "its user has too many connections",
                            "address": "\(address ?? "unknown")",
                        ])
                    let refusal = shortage.refusal
                    return .refuse(status: refusal.status, reason: refusal.reason, headers: refusal.headers)
                }
                serverMetrics.count(.accepted)
                trace.end()
                return .accept(subprotocol: BearerProtocol.answer(to: request.headers)) { [logger] _ in
                    let lifetime = SessionLifetime(
                        identity, admission: admission, grace: configuration.authGrace,
                        remoteAddress: address, logger: logger)
                    return PulseSession(
                        engine: engine, lifetime: lifetime, limits: configuration.wire,
                        sessionLimits: configuration.session, registry: registry, metrics: serverMetrics,
                        traces: traces)
                }
            } catch {
                serverMetrics.count(error.isTemporary ? .failed : .denied)
                trace.end(error)
                logger.info(
                    "a client was refused",
                    metadata: ["address": "\(address ?? "unknown")", "reason": "\(error)"])
                return error.isTemporary
                    ? .refuse(status: .serviceUnavailable, reason: "Try again.")
                    : .refuse(status: .forbidden, reason: "Not authenticated.")
            }
        }
        let stream = configuration.streamPath.map { path in
            StreamEndpoint(
                engine: engine, admission: admission, configuration: configuration, registry: registry,
                metrics: serverMetrics, logger: logger
            ).endpoint(at: path)
        }
        return [pulse] + [stream, configuration.hasEchoEndpoint ? .echo : nil].compactMap(\.self)
    }
}

/// Keeps the engine's place in the log for as long as sockets are open.
private struct Follower: Service {
    let engine: SyncEngine
    let registry: SessionRegistry

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await engine.run(onRevocation: registry.follow) }
    }
}

/// The connections. When the worker stops, what clients were promised is done before theirs are closed.
private struct Sockets: Service {
    let server: WebServer
    let engine: SyncEngine
    let registry: SessionRegistry
    let drain: Drain

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await gracefulShutdown()) != nil else { return }
                await drain.sendAway(registry)
                await engine.drain()
                registry.close()
            }
            try await server.run()
            group.cancelAll()
        }
    }
}
