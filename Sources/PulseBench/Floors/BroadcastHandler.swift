import NIOCore

/// One connection of the broadcaster: the server's side of RFC 6455, as far as this load driver needs it.
final class BroadcastHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let broadcast: Broadcast
    private var isOpen = false
    private var pending = ByteBuffer()

    init(_ broadcast: Broadcast) {
        self.broadcast = broadcast
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        pending.writeBuffer(&incoming)
        if !isOpen {
            guard let length = pending.withUnsafeReadableBytes(Self.headLength) else { return }
            pending.moveReaderIndex(forwardBy: length)
            context.writeAndFlush(wrapOutboundOut(Handshake.answer), promise: nil)
            isOpen = true
            broadcast.join(context.channel)
        }
        while let frame = ClientFrame(readFrom: &pending) {
            let isUnderstood = frame.payload.withUnsafeReadableBytes { text in
                frame.opcode != FrameHeader.Opcode.text.rawValue || Self.isDeltaRequest(text)
                    || broadcast.upload(text, from: context.channel)
            }
            guard isUnderstood, frame.opcode != FrameHeader.Opcode.close.rawValue else {
                return context.close(promise: nil)
            }
        }
        pending.discardReadBytes()
    }

    /// nil while a request's head has not come in full.
    private static func headLength(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let end = (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
        return end.map { $0 + 4 }
    }

    /// There is nothing to tell those who ask what they missed.
    private static func isDeltaRequest(_ text: UnsafeRawBufferPointer) -> Bool {
        text.starts(with: #"{"type":"SYNC_REQUEST_DELTA""#.utf8)
    }

    func channelInactive(context: ChannelHandlerContext) {
        broadcast.leave(context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
