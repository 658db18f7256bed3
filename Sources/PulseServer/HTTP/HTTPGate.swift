import NIOCore
import NIOHTTP1
import NIOSSL

/// Stands behind the HTTP/1 decoder, judges every request head, and sends each connection its way: to a WebSocket, to
/// the HTTP routes, or home with a status.
///
/// A refused client always gets its answer: our side of the socket is ended behind it, and what the client still sends
/// is read and dropped for a moment, so that no reset overtakes the answer.
///
/// Sendable by confinement: the guard is the channel's event loop, on which everything here happens.
final class HTTPGate: ChannelDuplexHandler, RemovableChannelHandler, TickerMember, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let front: Front
    let place: ConnectionPlace
    let ticker: ConnectionTicker
    let number = ConnectionNumber.next()
    private let negotiated: EventLoopPromise<Front.Negotiated>
    private var isNegotiated = false
    var context: ChannelHandlerContext?
    var phase: Phase = .first
    var exchange = HTTPExchange()
    private var deadline: NIODeadline?
    var holdsRead = false
    var tickerPlace: ConnectionTicker.Place?

    init(
        front: Front, place: ConnectionPlace, ticker: ConnectionTicker,
        negotiated: EventLoopPromise<Front.Negotiated>
    ) {
        self.front = front
        self.place = place
        self.ticker = ticker
        self.negotiated = negotiated
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.phase {
        case .first, .http:
            self.take(self.unwrapInboundIn(data), context)
        case .offered(let offer):
            if case .end = self.unwrapInboundIn(data) { self.ask(offer, context) }
        case .deciding, .lingering:
            break
        case .left:
            // Bytes behind the handshake, from the decoder that is just being removed.
            context.fireChannelRead(data)
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard !self.exchange.isLastRequest || self.exchange.isReceiving else { return }
        switch part {
        case .head(let head):
            self.judge(head, context)
        case .body(let bytes):
            guard self.exchange.receivedBody(bytes.readableBytes) <= self.front.limits.maximumBodyBytes else {
                self.failRequest(Refusal(.payloadTooLarge, "The body is too long."), context)
                return
            }
            context.fireChannelRead(self.wrapInboundOut(part))
        case .end:
            guard self.exchange.isReceiving else { return }
            self.exchange.receivedEnd()
            self.awaitResponse()
            context.fireChannelRead(self.wrapInboundOut(part))
        }
    }

    private func judge(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let client = self.front.proxies.client(
            behind: IPAddress(context.channel), isSecure: self.front.certificate != nil, headers: head.headers)
        switch (self.front.rules.judge(head, scheme: client.scheme), self.phase) {
        case (.http, .first):
            guard self.openHTTP(context) else { return }
            self.pass(head, context)
        case (.http, _):
            self.pass(head, context)
        case (.upgrade(let index, let target, let acceptKey), .first):
            let request = UpgradeRequest(
                method: head.method, uri: head.uri, path: target.path, query: target.query, headers: head.headers,
                remoteAddress: client.isForwarded ? client.socketAddress : context.remoteAddress,
                connection: self.number, place: self.place)
            if let shortage = self.place.identify(as: client) {
                self.refuse(shortage.refusal, context)
                return
            }
            let offer = Offer(endpoint: self.front.endpoints[index], request: request, acceptKey: acceptKey)
            self.phase = .offered(offer)
        case (.upgrade, _):
            self.refuseInTurn(Refusal(.badRequest, "A WebSocket opens with a connection's first request."), context)
        case (.refuse(let refusal), _):
            self.refuseInTurn(refusal, context)
        }
    }

    private func pass(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        // Behind an Upgrade field or CONNECT the parser takes no further request.
        let isLast = !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "upgrade")
        self.exchange.receivedHead(isLast: isLast)
        self.setDeadline(.now() + TimeAmount(self.front.limits.requestTimeout))
        context.fireChannelRead(self.wrapInboundOut(.head(head)))
    }

    private func openHTTP(_ context: ChannelHandlerContext) -> Bool {
        do {
            let channel = try self.front.addRoutes(to: context.channel)
            self.phase = .http
            self.place.move(to: .http)
            self.settle(.http(channel))
            return true
        } catch {
            context.close(promise: nil)
            return false
        }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.setDeadline(.now() + TimeAmount(self.front.limits.headerTimeout))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.leave()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.leave()
        context.fireChannelInactive()
    }

    private func leave() {
        if case .deciding(_, let task) = self.phase { task.cancel() }
        self.phase = .left
        self.ticker.cancel(self)
        self.settle(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch self.phase {
        case .lingering, .left:
            return
        case .first, .offered, .deciding, .http:
            if case .handshakeFailed? = error as? NIOSSLError { self.front.metrics.failedTLS.add() }
            guard error is HTTPParserError || error is ByteToMessageDecoderError else {
                context.close(promise: nil)
                return
            }
        }
        // What follows the last request is dropped, whatever it is.
        guard !self.exchange.isLastRequest || self.exchange.isReceiving else { return }
        let refusal = Refusal(parserError: error)
        if self.exchange.isReceiving {
            self.failRequest(refusal, context)
        } else {
            self.refuseInTurn(refusal, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, self.phase) {
        case (ChannelEvent.inputClosed, .first), (ChannelEvent.inputClosed, .offered),
            (ChannelEvent.inputClosed, .deciding), (ChannelEvent.inputClosed, .lingering):
            context.close(promise: nil)
        case (is ChannelShouldQuiesceEvent, .first), (is ChannelShouldQuiesceEvent, .offered):
            context.close(promise: nil)
        case (is ChannelShouldQuiesceEvent, .deciding(_, let task)):
            task.cancel()
            self.refuse(Refusal(.serviceUnavailable, "The server is stopping."), context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Auto-read asks here: from a handshake on, nothing more is read until it is decided and this handler gone.
    func read(context: ChannelHandlerContext) {
        switch self.phase {
        case .deciding, .left: self.holdsRead = true
        case .first, .offered, .http, .lingering: context.read()
        }
    }

    func releaseRead(_ context: ChannelHandlerContext) {
        guard self.holdsRead else { return }
        self.holdsRead = false
        context.read()
    }

    func settle(_ outcome: Front.Negotiated) {
        guard !self.isNegotiated else { return }
        self.isNegotiated = true
        self.negotiated.succeed(outcome)
    }

    // MARK: Time

    /// A client that takes no response must not stay for good. Between requests the routes look after it.
    func awaitResponse() {
        let timeout = TimeAmount(self.front.limits.requestTimeout)
        self.setDeadline(self.exchange.inFlight > 0 ? .now() + timeout : nil)
    }

    func setDeadline(_ deadline: NIODeadline?) {
        self.deadline = deadline
        if let deadline {
            self.ticker.schedule(self, at: deadline)
        } else {
            self.ticker.cancel(self)
        }
    }

    func tick(now: NIODeadline) -> NIODeadline? {
        guard let deadline = self.deadline, let context = self.context else { return nil }
        guard now >= deadline else { return deadline }
        self.deadline = nil
        switch self.phase {
        case .first, .lingering:
            context.close(promise: nil)
        case .offered:
            self.refuse(Refusal(.requestTimeout, "The request was not completed in time."), context)
        case .deciding(_, let task):
            task.cancel()
            self.refuse(Refusal(.serviceUnavailable, "The endpoint did not decide in time."), context)
        case .http:
            self.failRequest(Refusal(.requestTimeout, "The request was not completed in time."), context)
        case .left:
            break
        }
        return nil
    }
}
