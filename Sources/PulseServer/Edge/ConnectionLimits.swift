/// How many connections there may be, on one server.
public struct ConnectionLimits: Sendable {
    /// At a time, of all clients. Where the system gives fewer files, fewer.
    public var connections = 100_000
    /// Connections at a time, beyond those, that are told that there is no room. Where the system gives few files, fewer.
    public var refusals = 1_024
    /// WebSockets of one user at a time.
    public var connectionsPerUser = 1_000
    /// Of one address, or of one IPv6 network of 64 bits, at a time. Addresses of this machine itself count only where a
    /// trusted proxy names them.
    public var connectionsPerAddress = 2_000
    /// Connections at a time whose first request is not complete, or not decided on.
    public var handshakes = 2_000
    /// New connections of one address, or of one IPv6 network of 64 bits, in a second; as above.
    public var handshakesPerSecond = 200

    public init() {}
}
