import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import PulseMetrics
import ServiceLifecycle

/// The server's front: WebSocket endpoints and HTTP routes on one port.
///
/// As a service it runs until the graceful shutdown, in which it takes no more connections, closes with 1012 every
/// WebSocket whose session does not see to that itself, and returns when the last socket is gone, at most
/// ``WebSocketLimits/closeTimeout`` later.
public struct WebServer: Service {
    public struct Configuration: Sendable {
        /// Name or address to listen on.
        public var host: String
        /// 0: any free one; see `onBound`.
        public var port: Int
        public var limits: WebSocketLimits
        /// Which browser pages may open a WebSocket.
        public var origins: OriginRule
        /// Whether messages are compressed for clients that offer it: permessage-deflate, RFC 7692.
        public var compressesMessages = false
        /// Connections that wait in the system to be accepted.
        public var backlog = 1024
        /// How many there may be. Those beyond are told so.
        public var connections = ConnectionLimits()
        /// Whose word on the client's address and scheme counts.
        public var trustedProxies = TrustedProxies()
        /// For TLS; nil to speak plain text.
        public var certificate: ServerCertificate?

        public init(
            host: String = "127.0.0.1", port: Int = 8080, limits: WebSocketLimits = WebSocketLimits(),
            origins: OriginRule = OriginRule()
        ) {
            self.host = host
            self.port = port
            self.limits = limits
            self.origins = origins
        }
    }

    private let configuration: Configuration
    private let front: Front
    private let hasFewFiles: Bool
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger
    private let onBound: @Sendable (SocketAddress) async -> Void

    /// - Parameters:
    ///   - endpoints: Where WebSockets open. The first whose path matches is asked.
    ///   - router: Everything else.
    ///   - metrics: Where it makes its metrics.
    ///   - onBound: Called once, with the address that is listened on, before the first connection is served.
    public init<Builder: HTTPResponderBuilder>(
        configuration: Configuration, endpoints: [WebSocketEndpoint], router: Builder,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        metrics registry: MetricRegistry = MetricRegistry(), logger: Logger,
        onBound: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) where Builder.Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        self.onBound = onBound
        let routes = HTTPRoutes(responder: router.buildResponder(), logger: logger)
        var limits = configuration.connections
        let files = FileBudget(files: FileBudget.filesOfProcess(), limits: limits)
        self.hasFewFiles = files.connections < limits.connections
        limits.connections = files.connections
        limits.refusals = files.refusals
        let metrics = EdgeMetrics(registry)
        let door = Door(limits: limits, proxies: configuration.trustedProxies, metrics: metrics)
        EdgeMetrics.show(door, in: registry)
        self.front = Front(
            configuration: configuration, door: door, endpoints: endpoints, metrics: metrics, logger: logger
        ) { request, writer, channel in
            try await routes.respond(to: request, writer: writer, channel: channel)
        }
    }

    /// - Throws: ``WebServerError`` when the address cannot be listened on.
    public func run() async throws {
        if self.hasFewFiles {
            self.logger.notice("the system gives files for fewer connections than there may be")
        }
        let onBound = self.onBound
        let server = Server(
            childChannelSetup: self.front,
            configuration: ServerConfiguration(
                address: .hostname(self.configuration.host, port: self.configuration.port),
                backlog: self.configuration.backlog),
            onServerRunning: { channel in
                if let address = channel.localAddress { await onBound(address) }
            },
            eventLoopGroup: self.eventLoopGroup, logger: self.logger)
        do {
            try await server.run()
        } catch {
            let place = "\(self.configuration.host):\(self.configuration.port)"
            throw WebServerError(code: .cannotListen, message: "cannot listen on \(place): \(error)", cause: error)
        }
        // The listening socket is closed; the WebSockets are still saying goodbye.
        try? await server.shutdownGracefully()
    }
}
