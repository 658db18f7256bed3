import NIOCore
import NIOPosix

/// Sends one command to Redis and reads the integer it answers.
enum RedisCommand {
    static func integer(_ command: String, at endpoint: (host: String, port: Int)) async throws -> Int {
        let group = MultiThreadedEventLoopGroup.singleton
        let answer = group.any().makePromise(of: Int.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: answer.futureResult.eventLoop)
                .connectTimeout(.seconds(2))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(IntegerReader(answer))
                    }
                }
                .connect(host: endpoint.host, port: endpoint.port).get()
        } catch {
            answer.fail(error)
            throw BenchError(.connectFailed, "no connection to Redis", cause: error)
        }
        try await channel.writeAndFlush(ByteBuffer(string: command + "\r\n"))
        answer.futureResult.eventLoop.scheduleTask(in: .seconds(5)) {
            answer.fail(BenchError(.timeout, "Redis does not answer"))
        }
        let result = try await answer.futureResult.get()
        try? await channel.close()
        return result
    }

    private final class IntegerReader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let answer: EventLoopPromise<Int>
        private var text = ""

        init(_ answer: EventLoopPromise<Int>) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            guard text.hasSuffix("\r\n") else { return }
            guard text.hasPrefix(":"), let number = Int(text.dropFirst().dropLast()) else {
                return answer.fail(BenchError(.protocolViolation, "Redis answers \(text)"))
            }
            answer.succeed(number)
        }

        func channelInactive(context: ChannelHandlerContext) {
            answer.fail(BenchError(.closed, "Redis closed the connection"))
        }
    }
}
