import Foundation
import Logging
import Synchronization

/// What a connection to Redis is used for. All but what a type adds itself is called on the connection's thread.
protocol RedisUse: Sendable {
    /// For logs.
    var name: String { get }
    /// The connection is there.
    func connected()
    /// Commands to be sent now; empty when there are none. Asked when the link is woken, and when all before is sent.
    func takeCommands() -> [UInt8]
    func received(_ reply: borrowing RedisReply) throws(RedisError)
    /// The connection is lost, and what it had not sent.
    func disconnected()
}

/// One connection to Redis on a thread of its own, which waits in `poll`: made again whenever it is lost, and given up
/// when Redis says nothing for a while, because one that is stopped still accepts connections.
final class RedisLink: Sendable {
    private struct State {
        /// Why there is no connection; nil while there is one.
        var trouble: String? = "not connected yet"
        var connections = 0
        var mustStop = false
    }

    private let address: RedisAddress
    private let use: any RedisUse
    private let timing: LinkTiming
    private let logger: Logger
    private let wakePipe = WakePipe()
    private let state = Mutex(State())

    init(to address: RedisAddress, for use: any RedisUse, timing: LinkTiming, logger: Logger) {
        self.address = address
        self.use = use
        self.timing = timing
        self.logger = logger
    }

    var trouble: String? { state.withLock { $0.trouble } }
    /// How many times a connection was made again.
    var reconnects: Int { state.withLock { max(0, $0.connections - 1) } }

    func start() {
        Thread.detachNewThread { self.run() }
    }

    /// Has commands taken soon. From any thread.
    func wake() {
        wakePipe.wake()
    }

    /// Ends the connection and the thread, soon. From any thread.
    func stop() {
        state.withLock { $0.mustStop = true }
        wake()
    }

    private var mustStop: Bool { state.withLock { $0.mustStop } }

    // MARK: On the thread

    private func run() {
        var backoff = Backoff()
        var place = address.place
        while !mustStop {
            var connected: ContinuousClock.Instant?
            do throws(RedisError) {
                let connection = try connect(to: place)
                connected = .now
                try serve(connection)
            } catch {
                // A connection that does not last is no reason to come back sooner.
                if let connected, .now - connected > Backoff.longest { backoff.reset() }
                use.disconnected()
                note(error)
                // To the node that has the channels; and back to the one that is known, when that one is gone.
                place = address.isCluster ? error.place ?? address.place : address.place
                pause(for: backoff.wait())
            }
        }
        use.disconnected()
    }

    private func note(_ error: RedisError) {
        let isNew = state.withLock { state in
            defer { state.trouble = error.description }
            return state.trouble != error.description
        }
        logger.log(
            level: isNew ? .warning : .debug, "no connection to Redis",
            metadata: ["redis": "\(address)", "use": "\(use.name)", "reason": "\(error)"])
    }

    private func connect(to place: RedisAddress.Place) throws(RedisError) -> RedisConnection {
        let deadline = ContinuousClock.now + timing.connecting
        let connection = try RedisConnection.connecting(to: place)
        while try wait(for: connection, isWriting: true, until: deadline).isDisjoint(with: [.writable]) {
            try check(deadline)
        }
        try connection.checkConnected()
        try logIn(on: connection, until: deadline)
        state.withLock { state in
            state.trouble = nil
            state.connections += 1
        }
        logger.info("connected to Redis", metadata: ["redis": "\(address)", "use": "\(use.name)"])
        use.connected()
        return connection
    }

    /// Ends with a PING, because not every Redis that wants a password says so before the first command.
    private func logIn(on connection: borrowing RedisConnection, until deadline: ContinuousClock.Instant)
        throws(RedisError)
    {
        var commands: [UInt8] = []
        var count = 1
        if let password = address.password {
            if let user = address.user {
                commands.appendCommand("AUTH", user, password)
            } else {
                commands.appendCommand("AUTH", password)
            }
            count += 1
        }
        if address.database != 0 {
            commands.appendCommand("SELECT", "\(address.database)")
            count += 1
        }
        commands.appendCommand("PING")
        var outgoing = Outgoing(commands)
        while count > 0 {
            try check(deadline)
            let ready = try wait(for: connection, isWriting: !outgoing.isEmpty, until: deadline)
            if ready.contains(.writable) { try outgoing.write(to: connection) }
            guard ready.contains(.readable) else { continue }
            try connection.read()
            while count > 0, let reply = try connection.nextReply() {
                // A server repeats the arguments of what it does not understand, and one of them is the password.
                if let error = reply.error { throw RedisError(String(error.prefix { $0 != "," })) }
                count -= 1
            }
        }
    }

    private func serve(_ connection: borrowing RedisConnection) throws(RedisError) {
        var outgoing = Outgoing([])
        var lastHeard = ContinuousClock.now
        var nextPing = lastHeard + timing.pingAfter
        while !mustStop {
            if outgoing.isEmpty { outgoing = Outgoing(use.takeCommands()) }
            if ContinuousClock.now >= nextPing {
                outgoing.append { $0.appendCommand("PING") }
                nextPing += timing.pingAfter
            }
            let ready = try wait(for: connection, isWriting: !outgoing.isEmpty, until: nextPing)
            if ready.contains(.writable) { try outgoing.write(to: connection) }
            if ready.contains(.readable) {
                try connection.read()
                while let reply = try connection.nextReply() { try use.received(reply) }
                lastHeard = .now
                nextPing = lastHeard + timing.pingAfter
            } else if ContinuousClock.now - lastHeard > timing.silenceLimit {
                throw RedisError("it said nothing for \(timing.silenceLimit)")
            }
        }
    }

    private func check(_ deadline: ContinuousClock.Instant) throws(RedisError) {
        if mustStop { throw RedisError("stopped") }
        if ContinuousClock.now >= deadline { throw RedisError("it did not answer within \(timing.connecting)") }
    }

    // MARK: Waiting

    private struct Readiness: OptionSet {
        let rawValue: Int
        static let readable = Readiness(rawValue: 1)
        static let writable = Readiness(rawValue: 2)
    }

    /// Waits for the socket, for ``wake()``, or for the time.
    private func wait(
        for connection: borrowing RedisConnection, isWriting: Bool, until time: ContinuousClock.Instant
    ) throws(RedisError) -> Readiness {
        let events = Int16(POLLIN | (isWriting ? POLLOUT : 0))
        var entries = [
            pollfd(fd: wakePipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: connection.descriptor, events: events, revents: 0),
        ]
        try wait(on: &entries, until: time)
        var ready: Readiness = []
        let found = Int32(entries[1].revents)
        // Whatever went wrong, reading tells.
        if found & Int32(POLLIN | POLLERR | POLLHUP) != 0 { ready.insert(.readable) }
        if found & Int32(POLLOUT | POLLERR | POLLHUP) != 0, isWriting { ready.insert(.writable) }
        return ready
    }

    private func pause(for time: Duration) {
        let end = ContinuousClock.now + time
        while !mustStop, ContinuousClock.now < end {
            var entries = [pollfd(fd: wakePipe.readEnd, events: Int16(POLLIN), revents: 0)]
            try? wait(on: &entries, until: end)
        }
    }

    /// - Parameter entries: the wake pipe first.
    private func wait(on entries: inout [pollfd], until time: ContinuousClock.Instant) throws(RedisError) {
        let left = max(.zero, time - .now)
        // Rounded up, or the last millisecond would be spent turning.
        let milliseconds = Int32(min(left / .milliseconds(1), 3_600_000).rounded(.up))
        guard poll(&entries, nfds_t(entries.count), milliseconds) >= 0 || errno == EINTR else {
            throw RedisError(String(cString: strerror(errno)))
        }
        if entries[0].revents != 0 { wakePipe.drain() }
    }
}

/// Bytes on their way out.
private struct Outgoing {
    private var bytes: [UInt8]
    private var sent = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isEmpty: Bool { sent == bytes.count }

    mutating func append(_ write: (inout [UInt8]) -> Void) {
        write(&bytes)
    }

    mutating func write(to connection: borrowing RedisConnection) throws(RedisError) {
        let rest = sent...
        sent += try bytes.withUnsafeBufferPointer { bytes throws(RedisError) in
            try connection.write(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[rest])))
        }
    }
}
