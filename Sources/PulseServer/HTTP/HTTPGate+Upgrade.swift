import NIOCore
import NIOHTTP1

/// From a handshake in order to a WebSocket, or a refusal.
extension HTTPGate {
    func ask(_ offer: Offer, _ context: ChannelHandlerContext) {
        let loop = context.eventLoop
        let task = Task {
            let decision = await offer.endpoint.accept(offer.request)
            loop.execute { self.decided(decision) }
        }
        self.phase = .deciding(offer, task)
        self.setDeadline(.now() + TimeAmount(self.front.limits.handshakeTimeout))
    }

    private func decided(_ decision: UpgradeDecision) {
        guard case .deciding(let offer, _) = self.phase, let context = self.context else { return }
        switch decision {
        case .refuse(let status, let reason, let headers):
            self.refuse(Refusal(status, reason, headers: headers), context)
        case .accept(let subprotocol, let makeSession):
            self.upgrade(offer, subprotocol, session: makeSession(context.eventLoop), context)
        }
    }

    private func upgrade(
        _ offer: Offer, _ subprotocol: String?, session: any WebSocketSession, _ context: ChannelHandlerContext
    ) {
        var headers: HTTPHeaders = [
            "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": offer.acceptKey,
        ]
        if let subprotocol { headers.add(name: "sec-websocket-protocol", value: subprotocol) }
        let deflate = self.front.deflate(offeredIn: offer.request.headers)
        if let deflate { headers.add(name: "sec-websocket-extensions", value: deflate.answer) }
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.writeAndFlush(self.wrapOutboundOut(.head(head)), promise: nil)
        self.phase = .left
        self.place.move(to: .webSocket)
        self.setDeadline(nil)
        self.settle(.webSocket)
        let handler = WebSocketHandler(
            session: session, rules: self.front.decoderRules(offer.endpoint), front: self.front, ticker: self.ticker,
            compression: deflate.map { _ in self.front.compressions[context.eventLoop] },
            account: ConnectionAccount(number: self.number, logger: self.front.logger))
        let pipeline = context.pipeline.syncOperations
        let decoderLeft = context.eventLoop.makePromise(of: Void.self)
        decoderLeft.futureResult.whenComplete { _ in self.stepOut() }
        do {
            try pipeline.addHandler(handler)
            try self.front.removeEncoder(from: pipeline)
            handler.start()
            // On its way out the decoder hands on, through this handler, what came behind the handshake.
            self.front.removeDecoder(from: pipeline, promise: decoderLeft)
        } catch {
            decoderLeft.fail(error)
            context.close(promise: nil)
        }
    }

    /// The WebSocket's handler is alone with the socket.
    private func stepOut() {
        guard let context = self.context else { return }
        context.fireChannelReadComplete()
        let held = self.holdsRead
        let channel = context.channel
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        if held { channel.read() }
    }
}
