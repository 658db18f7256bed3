import NIOCore
import NIOPosix

/// Stands between the phones and one worker, and is the network that fails.
final class Proxy: Sendable {
    let port: Int
    private let loop: any EventLoop
    private let server: any Channel
    private let pairs: NIOLoopBound<Pairs>

    private final class Pairs {
        var all: [ObjectIdentifier: ProxyPair] = [:]
        /// What new connections meet with, too.
        var weather: ProxyPair.Mode = .passing
    }

    /// - Throws: when it cannot listen.
    init(to target: Endpoint, on loop: any EventLoop) async throws {
        self.loop = loop
        let pairs = try await loop.submit { NIOLoopBound(Pairs(), eventLoop: loop) }.get()
        self.pairs = pairs
        let address = try await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(target.host, port: target.port)
        }
        server = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.join(channel, to: address, pairs)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = server.localAddress?.port ?? 0
    }

    private static func join(
        _ phone: any Channel, to address: SocketAddress, _ pairs: NIOLoopBound<Pairs>
    ) throws {
        let pair = ProxyPair(pairs.value.weather)
        let key = ObjectIdentifier(pair)
        pairs.value.all[key] = pair
        let bound = NIOLoopBound(pair, eventLoop: phone.eventLoop)
        try phone.pipeline.syncOperations.addHandler(
            ProxyHandler(pair, .phone) { pairs.value.all[key] = nil })
        pair.join(phone, as: .phone)
        ClientBootstrap(group: phone.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(ProxyHandler(bound.value, .server) {})
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let server): pair.join(server, as: .server)
                case .failure: pair.ended()
                }
            }
    }

    /// Does something to each open connection; returns to how many.
    func each(_ body: @escaping @Sendable (ProxyPair) -> Void) async throws -> Int {
        try await loop.submit { [pairs] in
            let open = pairs.value.all.values.filter(\.isOpen)
            for pair in open { body(pair) }
            return open.count
        }.get()
    }

    /// Sets what becomes of all that passes from now on; returns on how many open connections.
    func set(_ weather: ProxyPair.Mode) async throws -> Int {
        try await loop.submit { [pairs] in pairs.value.weather = weather }.get()
        return try await each { $0.set(weather) }
    }

    func stop() async throws {
        try await server.close()
        _ = try await each { $0.ended() }
    }
}
