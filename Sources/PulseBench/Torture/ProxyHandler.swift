import NIOCore

/// One end of a pair.
final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let pair: ProxyPair
    private let side: ProxyPair.Side
    private let closed: () -> Void

    init(_ pair: ProxyPair, _ side: ProxyPair.Side, closed: @escaping () -> Void) {
        self.pair = pair
        self.side = side
        self.closed = closed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pair.received(unwrapInboundIn(data), from: side)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pair.setReading()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent { pair.inputEnded(of: side) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pair.ended()
        closed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        pair.ended()
    }
}
