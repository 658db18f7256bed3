import NIOCore
import NIOHTTP1

/// Answers a connection that there is no room for as soon as it says anything, and closes it.
///
/// Confined to the channel's event loop.
final class RefusalHandler: ChannelInboundHandler, TickerMember {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = HTTPServerResponsePart

    private let refusal: Refusal
    private let time: TimeAmount
    private let ticker: ConnectionTicker
    private var context: ChannelHandlerContext?
    private var hasAnswered = false
    var tickerPlace: ConnectionTicker.Place?

    /// - Parameter time: How long the connection may take.
    init(_ refusal: Refusal, within time: Duration, ticker: ConnectionTicker) {
        self.refusal = refusal
        self.time = TimeAmount(time)
        self.ticker = ticker
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.ticker.schedule(self, at: .now() + self.time)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.ticker.cancel(self)
        self.context = nil
    }

    /// What comes behind the answer is dropped, so that no reset overtakes it.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasAnswered else { return }
        self.hasAnswered = true
        let (head, body) = self.refusal.response
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed, is ChannelShouldQuiesceEvent: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func tick(now: NIODeadline) -> NIODeadline? {
        self.context?.close(promise: nil)
        return nil
    }
}
