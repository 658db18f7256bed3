import NIOCore

/// What a fleet of phones is, and how much it does.
struct FleetPlan: Sendable {
    var endpoints: [Endpoint]
    var access: Access
    var table: String
    /// Whether records name their user, for servers that do not take it from the connection.
    var withUserID: Bool
    /// Whether phones write the time of their clocks into what they change.
    var withClocks: Bool
    var users: Int
    var phones: Int
    var firstUser: Int64
    /// Changes in one upload at most.
    var batch = 50
    /// Changes a second, of all phones together.
    var rate: Double
    var seed: UInt64
    /// The share of phones that take the largest version they have stored, whatever brought it, as `last_version`.
    var simpleCursors: Double
    /// Seconds that a day takes; nil where phones come and go all the time.
    var day: Double?
    /// Seconds within which everybody connects for the first time.
    var ramp: Double
    var timeout: TimeAmount

    /// How long a phone waits for an answer before it takes its connection for dead.
    static let patience = TimeAmount.seconds(10)
    /// Changes that a phone collects at most while it cannot upload them.
    static let mostPending = 50

    func user(of phone: Int) -> Int64 { firstUser + Int64(phone % users) }
}
