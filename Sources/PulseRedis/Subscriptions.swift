import Logging
import NIOCore
import PulseEngine
import PulseModel
import Synchronization

/// What this worker is subscribed to, and what comes of it.
///
/// Sendable because ``assembler`` and ``warnings`` are touched on the connection's thread only, and the rest is a mutex.
final class Subscriptions: RedisUse, @unchecked Sendable {
    private struct State {
        var isConnected = false
        var wanted: Set<Scope> = []
        /// What has changed since the last commands: whether the scope is wanted now.
        var changes: [Scope: Bool] = [:]
        var received = 0
        var receivedScopes = 0
    }

    /// Channels in one command.
    private static let channelsPerCommand = 256

    let name = "subscribe"
    private let channel: RedisBus.Channel
    private let sender: UInt64
    private let logger: Logger
    private let deliver: @Sendable (Commit) -> Void
    private let state = Mutex(State())
    private var assembler = Assembler()
    /// What has been warned of, once each.
    private var warnings: Set<String> = []

    init(
        _ channel: RedisBus.Channel, sender: UInt64, logger: Logger, deliver: @escaping @Sendable (Commit) -> Void
    ) {
        self.channel = channel
        self.sender = sender
        self.logger = logger
        self.deliver = deliver
    }

    /// - Returns: whether the connection must be told that there is something to do.
    func change(_ scope: Scope, isWanted: Bool) -> Bool {
        state.withLock { state in
            if isWanted { state.wanted.insert(scope) } else { state.wanted.remove(scope) }
            guard state.isConnected else { return false }
            defer { state.changes[scope] = isWanted }
            return state.changes.isEmpty
        }
    }

    func count(in report: inout BusReport) {
        state.withLock { state in
            report.received = state.received
            report.receivedScopes = state.receivedScopes
        }
    }

    // MARK: On the thread

    func connected() {
        state.withLock { state in
            state.isConnected = true
            state.changes = Dictionary(uniqueKeysWithValues: state.wanted.lazy.map { ($0, true) })
        }
        isFresh = true
    }

    /// Whether nothing has been subscribed to on this connection.
    private var isFresh = false

    func takeCommands() -> [UInt8] {
        let changes = state.withLock { state in
            defer { state.changes = [:] }
            return state.changes
        }
        var commands: [UInt8] = []
        if isFresh { commands.appendCommand(channel.channels.subscribe, channel.channels.commits) }
        isFresh = false
        for (name, isWanted) in [(channel.channels.unsubscribe, false), (channel.channels.subscribe, true)] {
            var names = changes.lazy.filter { $0.value == isWanted }.map { self.channel.channels.name(of: $0.key) }[...]
            while !names.isEmpty {
                commands.appendCommand(name, names.prefix(Self.channelsPerCommand))
                names = names.dropFirst(Self.channelsPerCommand)
            }
        }
        return commands
    }

    func received(_ reply: borrowing RedisReply) throws(RedisError) {
        if let error = reply.error { throw RedisError(answer: error) }
        guard let kind = reply.string(at: 0), let name = reply.string(at: 1) else { return }
        if kind.elementsEqual("sunsubscribe".utf8), name.elementsEqual(channel.channels.commits.utf8) {
            throw RedisError("the channels have moved to another node")
        }
        guard kind.elementsEqual(channel.channels.message.utf8), let message = reply.string(at: 2) else { return }
        do throws(BusMessageError) {
            let message = try BusMessage(ByteBuffer(bytes: message), space: channel.channels.space)
            received(message, on: name)
        } catch {
            warn("a message on the bus is ignored", of: String(describing: error))
        }
    }

    func disconnected() {
        state.withLock { $0.isConnected = false }
        assembler = Assembler()
    }

    private func received(_ message: BusMessage, on name: UnsafeRawBufferPointer) {
        guard message.header.sender != sender else { return }
        guard message.header.epoch == channel.epoch else {
            warn("a worker with another store is on the same bus", of: "epoch \(message.header.epoch)")
            return
        }
        switch message.body {
        case .content(let runs):
            guard let scope = channel.channels.scope(of: name) else { return }
            state.withLock { $0.receivedScopes += 1 }
            assembler.add(runs, of: scope, message.header)
        case .commit(let scopes):
            state.withLock { $0.received += 1 }
            deliver(assembler.commit(message.header, touching: scopes))
        }
    }

    /// Warns of each thing once, and of so many things at most.
    private func warn(_ text: Logger.Message, of what: String) {
        guard warnings.count < 100, warnings.insert(what).inserted else { return }
        logger.warning(text, metadata: ["what": "\(what)"])
    }
}
