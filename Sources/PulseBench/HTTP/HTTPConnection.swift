import NIOCore
import NIOHTTP1
import NIOPosix

/// One open HTTP connection, held from outside its event loop.
struct HTTPConnection<Receiver: AnswerReceiver>: Sendable {
    let channel: any Channel
    private let parts: NIOLoopBound<(handler: HTTPHandler<Receiver>, receiver: Receiver)>

    /// Must be called on `channel`'s event loop.
    init(channel: any Channel, handler: HTTPHandler<Receiver>, receiver: Receiver) {
        self.channel = channel
        parts = NIOLoopBound((handler, receiver), eventLoop: channel.eventLoop)
    }

    /// Runs `body` with the connection's receiver, on its event loop.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Receiver) -> Value) async throws -> Value {
        try await channel.eventLoop.submit { [parts] in body(parts.value.receiver) }.get()
    }

    /// Closes it, and returns when it is closed.
    func close() async {
        channel.eventLoop.execute { [parts, channel] in parts.value.handler.close(channel) }
        try? await channel.closeFuture.get()
    }
}

extension Client {
    /// Opens one HTTP connection of a user.
    ///
    /// - Throws: `BenchError` saying why there is no connection.
    func openHTTP<Receiver: AnswerReceiver>(
        user: String, on loop: any EventLoop, _ receiver: @escaping @Sendable (HTTPLink) -> Receiver
    ) async throws -> HTTPConnection<Receiver> {
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(timeout)
        let token = credentials.token(of: user)
        let endpoint = endpoint
        do {
            return try await bootstrap.connect(host: endpoint.host, port: endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let receiver = receiver(HTTPLink(channel: channel, endpoint: endpoint, token: token))
                    let handler = HTTPHandler(receiver: receiver)
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return HTTPConnection(channel: channel, handler: handler, receiver: receiver)
                }
            }
        } catch {
            throw BenchError(.connectFailed, "no connection to \(endpoint.authority)", cause: error)
        }
    }

    /// Opens `count` of them, one after the other, spread over the event loops in turn.
    ///
    /// - Throws: the first failure, after closing what was open.
    func openAllHTTP<Receiver: AnswerReceiver>(
        _ count: Int, user: (Int) -> String, _ receiver: @escaping @Sendable (Int, HTTPLink) -> Receiver
    ) async throws -> [HTTPConnection<Receiver>] {
        var opened: [HTTPConnection<Receiver>] = []
        do {
            for index in 0..<count {
                opened.append(
                    try await openHTTP(user: user(index), on: group.next()) { link in receiver(index, link) })
            }
        } catch {
            for connection in opened { await connection.close() }
            throw error
        }
        return opened
    }
}
