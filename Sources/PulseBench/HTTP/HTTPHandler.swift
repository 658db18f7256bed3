import NIOCore
import NIOHTTP1

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
    private var answer: HTTPAnswer?
    private var isEnded = false

    init(receiver: Receiver) {
        self.receiver = receiver
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

    func channelInactive(context: ChannelHandlerContext) {
        end(BenchError(.closed, "the server closed the connection"), context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(BenchError(.closed, "the connection broke", cause: error), context.channel)
    }

    /// Ends the connection from our side.
    func close(_ channel: any Channel) {
        isEnded = true
        channel.close(promise: nil)
    }

    private func end(_ error: BenchError, _ channel: any Channel) {
        guard !isEnded else { return }
        close(channel)
        receiver.lost(error)
    }
}
