import PulseMetrics

/// What is counted of connections.
struct EdgeMetrics: Sendable {
    /// Connections that gave way to others before they had sent a request.
    let dropped: Counter
    /// Handshakes that TLS did not get through.
    let failedTLS: Counter
    private let refusals: [Shortage: Counter]

    init(_ registry: MetricRegistry) {
        let name = "pulse_connections_refused_total"
        let help = "Connections that there was no room for, or that TLS failed on, by reason."
        self.refusals = Dictionary(
            uniqueKeysWithValues: Shortage.allCases.map {
                ($0, registry.counter(name, help, labels: [("reason", $0.rawValue)]))
            })
        self.dropped = registry.counter(name, help, labels: [("reason", "silent")])
        self.failedTLS = registry.counter(name, help, labels: [("reason", "tls")])
    }

    func refused(_ shortage: Shortage) {
        self.refusals[shortage]?.add()
    }

    /// Shows the connections of a server, by state.
    static func show(_ door: Door, in registry: MetricRegistry) {
        for state in ConnectionCounts.State.allCases {
            registry.gauge("pulse_connections", "Open connections, by state.", labels: [("state", state.rawValue)]) {
                Double(door.count(state))
            }
        }
    }
}
