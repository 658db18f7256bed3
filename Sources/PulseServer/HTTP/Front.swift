import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What becomes of every accepted connection: an HTTP/1 decoder with an ``HTTPGate`` behind it, until the gate has
/// judged the first request.
final class Front: HTTPChannelHandler {
    typealias HTTPConnection = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// Where the first request led.
    enum Negotiated: Sendable {
        case http(HTTPConnection)
        case webSocket
        case closed
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    let responder: HTTPChannelHandler.Responder
    let endpoints: [WebSocketEndpoint]
    let limits: WebSocketLimits
    let rules: HandshakeRules
    let proxies: TrustedProxies
    /// Nil where the server speaks plain text.
    let certificate: ServerCertificate?
    let metrics: EdgeMetrics
    let logger: Logger
    private let door: Door
    private let tickers = PerEventLoop { ConnectionTicker(eventLoop: $0) }
    private let compressesMessages: Bool
    let compressions = PerEventLoop { LoopCompression(eventLoop: $0) }

    init(
        configuration: WebServer.Configuration, door: Door, endpoints: [WebSocketEndpoint], metrics: EdgeMetrics,
        logger: Logger, responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.endpoints = endpoints
        self.limits = configuration.limits
        self.rules = HandshakeRules(
            endpoints: endpoints, origins: configuration.origins,
            maximumBodyBytes: configuration.limits.maximumBodyBytes)
        self.proxies = configuration.trustedProxies
        self.certificate = configuration.certificate
        self.metrics = metrics
        self.compressesMessages = configuration.compressesMessages
        self.logger = logger
        self.door = door
        self.responder = responder
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let negotiated = channel.eventLoop.makePromise(of: Negotiated.self)
        do {
            switch self.door.admit(channel) {
            case .enter(let place):
                try self.addGate(to: channel, place, negotiated)
            case .refuse(let shortage):
                try self.refuse(channel, shortage)
                negotiated.succeed(.closed)
            case .close:
                channel.close(promise: nil)
                negotiated.succeed(.closed)
            }
        } catch {
            negotiated.succeed(.closed)
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.eventLoop.makeSucceededFuture(Value(channel: channel, negotiated: negotiated.futureResult))
    }

    private func addGate(
        to channel: any Channel, _ place: ConnectionPlace, _ negotiated: EventLoopPromise<Negotiated>
    ) throws {
        try self.setOptions(of: channel)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldCount = self.limits.maximumHeaderFields
        limits.maxHeaderFieldSize = self.limits.maximumHeaderFieldBytes
        limits.maxHeaderListSize = self.limits.maximumHeaderBytes
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        let pipeline = channel.pipeline.syncOperations
        if let certificate { try pipeline.addHandler(certificate.makeHandler()) }
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(
            ByteToMessageHandler(decoder, maximumBufferSize: self.limits.maximumHeaderBytes * 4))
        try pipeline.addHandler(
            HTTPGate(front: self, place: place, ticker: self.tickers[channel.eventLoop], negotiated: negotiated))
    }

    private func refuse(_ channel: any Channel, _ shortage: Shortage) throws {
        // TLS costs more than whom there is no room for may cost.
        guard self.certificate == nil else { return channel.close(promise: nil) }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(
            RefusalHandler(
                shortage.refusal, within: self.limits.lingerTime, ticker: self.tickers[channel.eventLoop]))
    }

    func handle(value: Value, logger: Logger) async {
        guard case .http(let channel)? = try? await value.negotiated.get() else { return }
        await self.handleHTTP(asyncChannel: channel, logger: logger)
    }

    // MARK: For the gate

    /// Adds what Hummingbird's router needs above the gate.
    func addRoutes(to channel: any Channel) throws -> HTTPConnection {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: self.certificate != nil))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: self.limits.idleTimeout, logger: self.logger))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func removeEncoder(from pipeline: ChannelPipeline.SynchronousOperations) throws {
        let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
        pipeline.removeHandler(context: encoder, promise: nil)
    }

    func removeDecoder(from pipeline: ChannelPipeline.SynchronousOperations, promise: EventLoopPromise<Void>) {
        do {
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(context: decoder, promise: promise)
        } catch {
            promise.fail(error)
        }
    }

    /// What to agree on with a client about compression, if anything.
    func deflate(offeredIn headers: HTTPHeaders) -> DeflateOffer? {
        self.compressesMessages ? DeflateOffer(firstAcceptableIn: headers["sec-websocket-extensions"]) : nil
    }

    func decoderRules(_ endpoint: WebSocketEndpoint) -> WebSocketFrameDecoder.Rules {
        WebSocketFrameDecoder.Rules(
            maximumMessageBytes: endpoint.maximumMessageBytes ?? self.limits.maximumMessageBytes,
            maximumFragments: endpoint.maximumFragments ?? self.limits.maximumFragments,
            acceptsBinary: endpoint.acceptsBinary)
    }

    private func setOptions(of channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        let largest = max(1024, self.limits.maximumReceiveBufferBytes)
        try options.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: largest))
        try options.setOption(
            .writeBufferWaterMark,
            value: .init(low: self.limits.lowWatermarkBytes, high: self.limits.highWatermarkBytes))
    }
}
