import NIOCore
import NIOHTTP1
import NIOTLS

/// An answer of the HTTP API.
struct HTTPAnswer {
    var status: UInt
    var body: ByteBuffer
}

/// What a run does with one HTTP connection. Called on the connection's event loop only.
protocol AnswerReceiver: AnyObject, SendableMetatype {
    /// One whole answer, to the oldest request that had none.
    func answered(_ answer: HTTPAnswer, at now: NIODeadline)

    /// The connection ended, and not because we ended it.
    func lost(_ error: BenchError)
}

/// The client side of HTTP/1.1 for a load driver: one connection that stays open.
final class HTTPHandler<Receiver: AnswerReceiver>: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    /// Bytes of an answer beyond which a run is given up.
    private static var maximumBodyBytes: Int { 256 << 20 }

    private let receiver: Receiver
    /// Nil once requests may be sent.
    private var opening: Opening?
    private var answer: HTTPAnswer?
    private var isEnded = false

    private struct Opening {
        let promise: EventLoopPromise<Void>
        let deadline: Scheduled<Void>
    }

    /// Must be called on `channel`'s event loop.
    ///
    /// - Parameter opened: succeeds when the connection is there, and behind TLS where that is asked for.
    init(receiver: Receiver, on channel: any Channel, opened: EventLoopPromise<Void>, timeout: TimeAmount) {
        self.receiver = receiver
        let deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.end(BenchError(.timeout, "the connection was not there in time"), channel)
        }
        opening = Opening(promise: opened, deadline: deadline)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = HTTPAnswer(status: head.status.code, body: ByteBuffer())
        case .body(var part):
            answer?.body.writeBuffer(&part)
            guard let answer, answer.body.readableBytes > Self.maximumBodyBytes else { return }
            end(BenchError(.protocolViolation, "the server sent an answer without end"), context.channel)
        case .end:
            // A 100 is no answer yet.
            guard let answer, answer.status >= 200 else { return }
            self.answer = nil
            receiver.answered(answer, at: .now())
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { open() }
        context.fireUserInboundEventTriggered(event)
    }

    func open() {
        opening?.deadline.cancel()
        opening?.promise.succeed()
        opening = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(BenchError(.closed, "the server closed the connection"), context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(BenchError(.closed, "the connection broke", cause: error), context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(BenchError(.connectFailed, "the connection could not be made"), context.channel)
    }

    /// Ends the connection from our side.
    func close(_ channel: any Channel) {
        isEnded = true
        channel.close(promise: nil)
    }

    private func end(_ error: BenchError, _ channel: any Channel) {
        guard !isEnded else { return }
        close(channel)
        if let opening {
            self.opening = nil
            opening.deadline.cancel()
            opening.promise.fail(error)
        } else {
            receiver.lost(error)
        }
    }
}
