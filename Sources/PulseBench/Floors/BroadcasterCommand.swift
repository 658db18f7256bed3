import ArgumentParser
import NIOCore
import NIOPosix

/// `bench broadcaster`: the least that a server can do for a fan-out, to compare one with. It passes each upload on to
/// every connection, and checks, stores and orders nothing.
struct BroadcasterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcaster", abstract: "Serve the floor of a fan-out: uploads go to everybody, unseen.",
        shouldDisplay: false)

    @Option(help: "The port of 127.0.0.1; 0 for any.")
    var port = 0

    func run() async throws {
        OpenFiles.raiseLimit()
        // One event loop, so that what it knows of its connections needs no lock.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let broadcast = try await loop.submit { NIOLoopBound(Broadcast(), eventLoop: loop) }.get()
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BroadcastHandler(broadcast.value))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        StandardError.print("listening on ws://127.0.0.1:\(server.localAddress?.port ?? port)/")
        try await server.closeFuture.get()
    }
}
