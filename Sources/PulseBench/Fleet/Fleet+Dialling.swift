import NIOCore
import NIOPosix

extension Fleet {
    /// Opens a connection for `session`, which hears of it either way.
    func dial(_ session: PhoneSession, user: Int64) {
        let endpoint = plan.endpoints[session.worker]
        let (timeout, access) = (plan.timeout, plan.access)
        let opened = loop.makePromise(of: Void.self)
        opened.futureResult.assumeIsolated().whenFailure { _ in session.failed() }
        let bound = NIOLoopBound(session, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try access.secure(channel, to: endpoint)
                    let session = bound.value
                    session.channel = channel
                    let request = Handshake.request(to: endpoint, token: access.credentials.token(of: String(user)))
                    try channel.pipeline.syncOperations.addHandler(
                        ClientHandler(receiver: session, request: request, timeout: timeout, opened: opened))
                }
            }
            .connect(to: addresses[session.worker])
            .whenFailure { opened.fail($0) }
    }
}
