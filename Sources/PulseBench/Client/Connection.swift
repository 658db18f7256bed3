import NIOCore

/// One open connection, held from outside its event loop.
package struct Connection<Receiver: SendableMetatype>: Sendable {
    package let channel: any Channel
    private let parts: NIOLoopBound<(receiver: Receiver, close: () -> Void)>

    /// Must be called on `channel`'s event loop, where `close` is called, too.
    package init(channel: any Channel, receiver: Receiver, close: @escaping () -> Void) {
        self.channel = channel
        parts = NIOLoopBound((receiver, close), eventLoop: channel.eventLoop)
    }

    /// Opens so many, at most `atOnce` of them at a time.
    ///
    /// - Parameter open: opens the one of this number, from 0 on.
    /// - Throws: the first failure, after closing what was open.
    static func openAll(
        _ count: Int, atOnce: Int = 64, _ open: @escaping @Sendable (Int) async throws -> Connection
    ) async throws -> [Connection] {
        var opened: [Connection?] = Array(repeating: nil, count: count)
        do {
            try await withThrowingTaskGroup(of: (Int, Connection).self) { tasks in
                for index in 0..<count {
                    if index >= atOnce, let (done, connection) = try await tasks.next() { opened[done] = connection }
                    tasks.addTask { (index, try await open(index)) }
                }
                for try await (done, connection) in tasks { opened[done] = connection }
            }
        } catch {
            await opened.compactMap { $0 }.closeAll()
            throw error
        }
        return opened.compactMap { $0 }
    }

    /// Runs `body` with the connection's receiver, on its event loop.
    package func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Receiver) -> Value) async throws -> Value {
        try await channel.eventLoop.submit { [parts] in body(parts.value.receiver) }.get()
    }

    /// Closes it in good manners, and returns when it is closed.
    package func close() async {
        channel.eventLoop.execute { [parts] in parts.value.close() }
        try? await channel.closeFuture.get()
    }
}

extension Sequence {
    /// Runs `body` with the receiver of each connection, one after the other.
    @discardableResult
    func onLoops<Receiver, Value: Sendable>(
        _ body: @escaping @Sendable (Receiver) -> Value
    ) async throws -> [Value] where Element == Connection<Receiver> {
        var values: [Value] = []
        for connection in self { values.append(try await connection.onLoop(body)) }
        return values
    }

    /// Closes all connections at once.
    package func closeAll<Receiver>() async where Element == Connection<Receiver> {
        await withTaskGroup(of: Void.self) { group in
            for connection in self { group.addTask { await connection.close() } }
        }
    }
}
