import NIOCore
import NIOHTTP1

extension HTTPGate {
    // MARK: Of the routes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.phase {
        case .http:
            context.write(data, promise: promise)
            self.sent(self.unwrapOutboundIn(data), context)
        case .left:
            // Frames already.
            context.write(data, promise: promise)
        case .first, .offered, .deciding, .lingering:
            promise?.fail(ChannelError.outputClosed)
        }
    }

    private func sent(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            self.exchange.sentHead(isFinal: head.status.code >= 200)
        case .body:
            break
        case .end:
            self.exchange.sentEnd()
            if !self.exchange.isReceiving { self.awaitResponse() }
            guard self.exchange.isLastRequest, self.exchange.inFlight == 0 else { return }
            context.flush()
            if let refusal = self.exchange.refusal {
                self.refuse(refusal, context)
            } else {
                self.linger(context)
            }
        }
    }

    // MARK: Refusals

    /// Refuses once every earlier request has its response.
    func refuseInTurn(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        if self.exchange.inFlight == 0 {
            self.refuse(refusal, context)
        } else {
            self.exchange.refusal = refusal
            self.exchange.isLastRequest = true
        }
    }

    /// Refuses the request that is being received, or just closes where its response is out already or has begun.
    func failRequest(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        if self.exchange.mayAnswerCurrent {
            self.refuse(refusal, context)
        } else if self.exchange.inFlight == 0 {
            self.linger(context)
        } else {
            context.close(promise: nil)
        }
    }

    func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        self.front.logger.debug(
            "a request was refused",
            metadata: [
                "connection": "\(self.number)", "status": "\(refusal.status.code)", "reason": "\(refusal.reason)",
            ])
        let (head, body) = refusal.response
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        self.linger(context)
    }

    /// Our side ends behind what was written; what still comes is read and dropped for a moment.
    func linger(_ context: ChannelHandlerContext) {
        self.phase = .lingering
        self.place.move(to: .closing)
        self.settle(.closed)
        self.setDeadline(.now() + TimeAmount(self.front.limits.lingerTime))
        context.close(mode: .output, promise: nil)
        self.releaseRead(context)
    }
}
