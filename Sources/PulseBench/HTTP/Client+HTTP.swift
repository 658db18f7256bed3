import NIOCore
import NIOHTTP1
import NIOPosix

extension Client {
    /// Opens one HTTP connection of a user.
    ///
    /// - Throws: `BenchError` saying why there is no connection.
    func openHTTP<Receiver: AnswerReceiver>(
        user: String, on loop: any EventLoop, _ receiver: @escaping @Sendable (HTTPLink) -> Receiver
    ) async throws -> Connection<Receiver> {
        let token = access.credentials.token(of: user)
        return try await connect(on: loop) { [endpoint, timeout] channel, opened in
            let receiver = receiver(HTTPLink(channel: channel, endpoint: endpoint, token: token))
            let handler = HTTPHandler(receiver: receiver, on: channel, opened: opened, timeout: timeout)
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(handler)
            if !endpoint.isEncrypted { handler.open() }
            return Connection(channel: channel, receiver: receiver) { handler.close(channel) }
        }
    }

    /// Opens `count` of them, spread over the event loops in turn.
    ///
    /// - Throws: the first failure, after closing what was open.
    func openAllHTTP<Receiver: AnswerReceiver>(
        _ count: Int, user: @escaping @Sendable (Int) -> String,
        _ receiver: @escaping @Sendable (Int, HTTPLink) -> Receiver
    ) async throws -> [Connection<Receiver>] {
        let loops = Array(group.makeIterator())
        return try await Connection.openAll(count) { index in
            try await openHTTP(user: user(index), on: loops[index % loops.count]) { receiver(index, $0) }
        }
    }
}
