import NIOCore
import PulseModel

/// The connections of a server, counted in all, by address and by user. A pure value.
///
/// Every connection that is admitted has a serial, and counts until ``end(_:)`` is called with it: whatever became of it
/// meanwhile is taken back then, in that one place.
package struct ConnectionCounts: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// Its first request has not come, or not been decided on.
        case handshake
        case http
        case webSocket = "websocket"
        /// It is about to be closed.
        case closing
    }

    package enum Arrival: Sendable {
        /// - Parameter dropping: closes another connection, which gives way to this one.
        case admitted(serial: Int, dropping: (@Sendable () -> Void)?)
        case refused(Shortage)
    }

    private struct Connection {
        var address: IPAddress?
        var user: UserID?
        var state: State = .handshake
    }

    /// A connection that has sent no request yet.
    private struct Silence {
        let since: NIODeadline
        let drop: @Sendable () -> Void
    }

    /// How long a connection may be silent before it gives way.
    private static let patience = TimeAmount.seconds(1)

    private let limits: ConnectionLimits
    private var connections: [Int: Connection] = [:]
    private var silences: [Int: Silence] = [:]
    private var refusals = 0
    private var inState: [State: Int] = [:]
    private var byAddress: [IPAddress: Int] = [:]
    private var byUser: [UserID: Int] = [:]
    private var rates: HandshakeRates
    private var nextSerial = 0
    /// No connection with a lower serial is waited for to send its request.
    private var oldestSilent = 0

    package init(limits: ConnectionLimits) {
        self.limits = limits
        self.rates = HandshakeRates(perSecond: limits.handshakesPerSecond)
    }

    /// A client has connected.
    ///
    /// Where too many are at their first request, the one gives way that has been silent longest: a flood of connections
    /// that say nothing keeps nobody out for long. Who came just now or has sent a request does not give way, or a storm
    /// of good clients would undo its own work.
    ///
    /// - Parameters:
    ///   - address: Nil where it does not count.
    ///   - drop: Closes the connection, from any thread.
    package mutating func arrive(
        from address: IPAddress?, now: NIODeadline, drop: @escaping @Sendable () -> Void
    ) -> Arrival {
        guard self.connections.count < self.limits.connections else { return .refused(.connections) }
        if let address, let shortage = self.shortage(of: address, now: now) { return .refused(shortage) }
        var dropping: (@Sendable () -> Void)?
        if self.count(.handshake) >= self.limits.handshakes {
            guard let (oldest, drop) = self.findSilent(now: now) else { return .refused(.handshakes) }
            dropping = drop
            self.move(oldest, to: .closing)
        }
        let serial = self.nextSerial
        self.nextSerial += 1
        self.connections[serial] = Connection(address: address)
        self.silences[serial] = Silence(since: now, drop: drop)
        self.inState[.handshake, default: 0] += 1
        if let address { self.byAddress[address, default: 0] += 1 }
        return .admitted(serial: serial, dropping: dropping)
    }

    /// Its first request has come, and says from where; nil for no address beside what is counted already.
    package mutating func identify(_ serial: Int, as address: IPAddress?, now: NIODeadline) -> Shortage? {
        self.silences[serial] = nil
        guard let address, let connection = self.connections[serial], connection.address == nil else { return nil }
        if let shortage = self.shortage(of: address, now: now) { return shortage }
        self.connections[serial]?.address = address
        self.byAddress[address, default: 0] += 1
        return nil
    }

    /// Its user is known. Once in a connection's life.
    package mutating func claim(_ serial: Int, for user: UserID) -> Shortage? {
        // One that has ended meanwhile is nobody's.
        guard let connection = self.connections[serial], connection.user == nil else { return nil }
        guard self.byUser[user, default: 0] < self.limits.connectionsPerUser else { return .user }
        self.connections[serial]?.user = user
        self.byUser[user, default: 0] += 1
        return nil
    }

    package mutating func move(_ serial: Int, to state: State) {
        guard let connection = self.connections[serial] else { return }
        self.silences[serial] = nil
        self.connections[serial]?.state = state
        self.inState[connection.state, default: 0] -= 1
        self.inState[state, default: 0] += 1
    }

    /// Its socket is gone. A second call does nothing.
    package mutating func end(_ serial: Int) {
        guard let connection = self.connections.removeValue(forKey: serial) else { return }
        self.silences[serial] = nil
        self.inState[connection.state, default: 0] -= 1
        if let address = connection.address { Self.release(address, from: &self.byAddress) }
        if let user = connection.user { Self.release(user, from: &self.byUser) }
    }

    // MARK: Who is refused

    /// Whether there is room to tell one more client that there is none. ``endRefusal()`` gives it back.
    package mutating func beginRefusal() -> Bool {
        guard self.refusals < self.limits.refusals else { return false }
        self.refusals += 1
        return true
    }

    package mutating func endRefusal() {
        self.refusals -= 1
    }

    // MARK: What there is

    package func count(_ state: State) -> Int { self.inState[state, default: 0] }

    /// All connections, and all addresses and users that have any.
    package var totals: (connections: Int, addresses: Int, users: Int) {
        (self.connections.count, self.byAddress.count, self.byUser.count)
    }

    private mutating func shortage(of address: IPAddress, now: NIODeadline) -> Shortage? {
        guard self.byAddress[address, default: 0] < self.limits.connectionsPerAddress else { return .address }
        return self.rates.take(address, now: now) ? nil : .rate
    }

    /// Passes every serial once, because who is not silent never becomes so again.
    private mutating func findSilent(now: NIODeadline) -> (serial: Int, drop: @Sendable () -> Void)? {
        while self.oldestSilent < self.nextSerial {
            if let silence = self.silences[self.oldestSilent] {
                return now - silence.since >= Self.patience ? (self.oldestSilent, silence.drop) : nil
            }
            self.oldestSilent += 1
        }
        return nil
    }

    private static func release<Key: Hashable>(_ key: Key, from counts: inout [Key: Int]) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
