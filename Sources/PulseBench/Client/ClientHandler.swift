import NIOCore

/// The client side of RFC 6455 for a load driver: shakes hands, takes frames apart where they lie, answers pings.
package final class ClientHandler<Receiver: MessageReceiver>: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum Phase { case shakingHands, open, closing, ended }

    package let receiver: Receiver
    private let request: ByteBuffer
    private let timeout: TimeAmount
    private var opened: EventLoopPromise<Void>?
    private var deadline: Scheduled<Void>?
    private var phase = Phase.shakingHands
    private var link: Link?
    /// Bytes of a frame that has not come in full.
    private var pending = ByteBuffer()
    /// Payloads of a message that comes in several frames.
    private var fragments: ByteBuffer?

    package init(receiver: Receiver, request: ByteBuffer, timeout: TimeAmount, opened: EventLoopPromise<Void>) {
        self.receiver = receiver
        self.request = request
        self.timeout = timeout
        self.opened = opened
    }

    package func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        let channel = context.channel
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.end(BenchError(.timeout, "the server did not answer the handshake in time"), channel)
        }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        let channel = context.channel
        do throws(BenchError) {
            if pending.readableBytes == 0 {
                let used = try consume(incoming, channel)
                if used < incoming.readableBytes {
                    incoming.moveReaderIndex(forwardBy: used)
                    pending.clear()
                    pending.writeBuffer(&incoming)
                }
            } else {
                pending.writeBuffer(&incoming)
                let used = try consume(pending, channel)
                pending.moveReaderIndex(forwardBy: used)
                pending.discardReadBytes()
            }
        } catch {
            end(error, channel)
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end(BenchError(.closed, "the server closed the connection"), context.channel)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(BenchError(.closed, "the connection broke", cause: error), context.channel)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(BenchError(.connectFailed, "the connection could not be made"), context.channel)
    }

    /// Ends the connection from our side: close frame, the server's answer, and after a second without it anyway.
    package func close(_ channel: any Channel) {
        guard phase == .open, let link else { return channel.close(promise: nil) }
        phase = .closing
        link.write(.close, expectedBytes: 2) { $0.writeInteger(UInt16(1000)) }
        link.flush()
        deadline = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    private func end(_ error: BenchError, _ channel: any Channel) {
        guard phase != .ended else { return }
        let was = phase
        phase = .ended
        deadline?.cancel()
        deadline = nil
        if let opened {
            self.opened = nil
            opened.fail(error)
        } else if was == .open {
            receiver.lost(error)
        }
        channel.close(promise: nil)
    }

    // MARK: reading

    /// Takes what is complete in `buffer`; returns how many bytes that was.
    private func consume(_ buffer: ByteBuffer, _ channel: any Channel) throws(BenchError) -> Int {
        var offset = 0
        if phase == .shakingHands {
            guard let length = try Handshake.answerLength(in: buffer) else { return 0 }
            offset = length
            open(channel)
        }
        let now = NIODeadline.now()
        return try buffer.withUnsafeReadableBytes { bytes throws(BenchError) in
            while phase == .open || phase == .closing {
                guard let header = try FrameHeader.read(bytes, at: offset) else { break }
                let start = offset + header.headerLength
                guard bytes.count - start >= header.payloadLength else { break }
                let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.payloadLength])
                offset = start + header.payloadLength
                try take(header, payload, now, channel)
            }
            return offset
        }
    }

    private func open(_ channel: any Channel) {
        deadline?.cancel()
        deadline = nil
        phase = .open
        let link = Link(channel: channel, mask: .random(in: 1...UInt32.max))
        self.link = link
        receiver.opened(link)
        opened?.succeed()
        opened = nil
    }

    @inline(__always)
    private func take(
        _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ now: NIODeadline, _ channel: any Channel
    ) throws(BenchError) {
        if header.opcode == .text, header.isFinal, fragments == nil {
            if phase == .open { receiver.received(payload, at: now) }
        } else {
            try takeRare(header, payload, now, channel)
        }
    }

    private func takeRare(
        _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ now: NIODeadline, _ channel: any Channel
    ) throws(BenchError) {
        switch header.opcode {
        case .ping:
            link?.write(.pong, expectedBytes: payload.count) { _ = $0.writeBytes(payload) }
            link?.flush()
        case .pong:
            break
        case .close:
            takeClose(payload, channel)
        case .binary:
            throw BenchError(.protocolViolation, "the server sent a binary message")
        case .text, .continuation:
            guard (header.opcode == .continuation) == (fragments != nil) else {
                throw BenchError(.protocolViolation, "the server sent a message's fragments out of order")
            }
            var whole = fragments ?? ByteBuffer()
            fragments = nil
            whole.writeBytes(payload)
            guard whole.readableBytes <= FrameHeader.maximumPayloadBytes else {
                throw BenchError(.protocolViolation, "the server sent a message without end")
            }
            if !header.isFinal {
                fragments = whole
            } else if phase == .open {
                whole.withUnsafeReadableBytes { receiver.received($0, at: now) }
            }
        }
    }

    private func takeClose(_ payload: UnsafeRawBufferPointer, _ channel: any Channel) {
        if phase == .closing {
            phase = .ended
            deadline?.cancel()
            channel.close(promise: nil)
            return
        }
        var what = "the server closed the connection"
        if payload.count >= 2 {
            let reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
            what += ": \(Int(payload[0]) << 8 | Int(payload[1])) \(reason)"
        }
        link?.write(.close, expectedBytes: payload.count) { _ = $0.writeBytes(payload.prefix(2)) }
        link?.flush()
        end(BenchError(.closed, what), channel)
    }
}
