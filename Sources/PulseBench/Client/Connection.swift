import NIOCore

/// One open connection, held from outside its event loop.
package struct Connection<Receiver: MessageReceiver>: Sendable {
    package let channel: any Channel
    private let handler: NIOLoopBound<ClientHandler<Receiver>>

    /// Must be called on `channel`'s event loop.
    package init(channel: any Channel, handler: ClientHandler<Receiver>) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// Runs `body` with the connection's receiver, on its event loop.
    package func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Receiver) -> Value) async throws -> Value {
        try await channel.eventLoop.submit { [handler] in body(handler.value.receiver) }.get()
    }

    /// Closes it in good manners, and returns when it is closed.
    package func close() async {
        channel.eventLoop.execute { [handler, channel] in handler.value.close(channel) }
        try? await channel.closeFuture.get()
    }
}

extension Sequence {
    /// Closes all connections at once.
    package func closeAll<Receiver>() async where Element == Connection<Receiver> {
        await withTaskGroup(of: Void.self) { group in
            for connection in self { group.addTask { await connection.close() } }
        }
    }
}
