import NIOCore
import NIOPosix

/// Opens connections to one server.
package struct Client: Sendable {
    /// Connections that may be opened from one local address: the default range of ephemeral ports holds 28,000.
    package static let connectionsPerSource = 20_000

    package let endpoint: Endpoint
    package let timeout: TimeAmount
    package let group: MultiThreadedEventLoopGroup
    package let access: Access

    package init(
        endpoint: Endpoint, timeout: TimeAmount, group: MultiThreadedEventLoopGroup,
        access: Access = .open
    ) {
        self.endpoint = endpoint
        self.timeout = timeout
        self.group = group
        self.access = access
    }

    /// Opens one connection and returns when the server has accepted it.
    ///
    /// - Parameters:
    ///   - token: the user's name, of which `access` makes the token.
    ///   - readBytes: how much one read takes at most; nil adapts to what comes.
    ///   - source: the local address, for a run that needs more ports than one address has.
    ///   - receiver: makes the connection's receiver, on its event loop.
    /// - Throws: `BenchError` saying why there is no connection.
    package func open<Receiver: MessageReceiver>(
        token: String, on loop: any EventLoop, readBytes: Int? = nil, from source: SocketAddress? = nil,
        _ receiver: @escaping @Sendable () -> Receiver
    ) async throws -> Connection<Receiver> {
        let request = Handshake.request(to: endpoint, token: access.credentials.token(of: token))
        return try await connect(on: loop, readBytes: readBytes, from: source) { [timeout] channel, opened in
            let handler = ClientHandler(receiver: receiver(), request: request, timeout: timeout, opened: opened)
            try channel.pipeline.syncOperations.addHandler(handler)
            return Connection(channel: channel, receiver: handler.receiver) { handler.close(channel) }
        }
    }

    /// Makes a connection, behind TLS where the address asks for it, and returns when it is open.
    ///
    /// - Parameter equip: puts handlers into the channel, on its event loop; one of them tells the promise when the
    ///   connection is open, or why it is not.
    /// - Throws: `BenchError` saying why there is no connection.
    func connect<Receiver>(
        on loop: any EventLoop, readBytes: Int? = nil, from source: SocketAddress? = nil,
        _ equip: @escaping @Sendable (any Channel, EventLoopPromise<Void>) throws -> Connection<Receiver>
    ) async throws -> Connection<Receiver> {
        var bootstrap = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(timeout)
        if let readBytes {
            bootstrap = bootstrap.channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readBytes))
        }
        if let source { bootstrap = bootstrap.bind(to: source) }
        let (endpoint, access) = (endpoint, access)
        let opening: (connection: Connection<Receiver>, opened: EventLoopFuture<Void>)
        do {
            opening = try await bootstrap.connect(host: endpoint.hop.host, port: endpoint.hop.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try access.secure(channel, to: endpoint)
                    let opened = channel.eventLoop.makePromise(of: Void.self)
                    return (try equip(channel, opened), opened.futureResult)
                }
            }
        } catch {
            throw BenchError(.connectFailed, "no connection to \(endpoint.authority)", cause: error)
        }
        try await opening.opened.get()
        return opening.connection
    }

    /// Opens `count` connections, at most `atOnce` of them at a time, spread over the event loops in turn.
    ///
    /// With `manySources` and a server on this machine, each `connectionsPerSource` leave from an address of their own.
    ///
    /// - Throws: the first failure, after closing what was open.
    package func openAll<Receiver: MessageReceiver>(
        _ count: Int, on chosen: [any EventLoop]? = nil, atOnce: Int = 64, manySources: Bool = false,
        token: @escaping @Sendable (Int) -> String,
        _ receiver: @escaping @Sendable (Int) -> Receiver
    ) async throws -> [Connection<Receiver>] {
        let loops = chosen ?? Array(group.makeIterator())
        return try await Connection.openAll(count, atOnce: atOnce) { index in
            let source = manySources && endpoint.isLoopback ? try Self.source(of: index) : nil
            return try await open(token: token(index), on: loops[index % loops.count], from: source) {
                receiver(index)
            }
        }
    }

    /// The first connections leave from wherever the system chooses, later ones from 127.0.0.2, 127.0.0.3, …
    package static func source(of index: Int) throws -> SocketAddress? {
        let block = index / connectionsPerSource
        guard block > 0 else { return nil }
        return try SocketAddress(ipAddress: "127.0.\(block / 250).\(block % 250 + 1)", port: 0)
    }
}
