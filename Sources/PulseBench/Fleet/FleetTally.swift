/// What a fleet did and how fast it was answered.
struct FleetTally: Sendable {
    /// One part of a run.
    struct Part: Sendable {
        var acks = Histogram()
        var pushes = Histogram()

        func describe(in report: inout Report) {
            report.add("ack", "ack", acks, percentiles: [50, 99])
            report.add("push", "push", pushes, percentiles: [50, 99])
        }
    }

    var connections = 0
    var failedConnections = 0
    /// Connections given up because an answer did not come.
    var silences = 0
    var changes = 0
    /// Changes that were not made, as too many were pending.
    var dropped = 0
    /// Retryable and other errors.
    var refusals = 0
    var updates = 0
    var parts: [Part] = [Part()]

    func merged(_ parts: some Sequence<Part>) -> Part {
        parts.reduce(into: Part()) {
            $0.acks.merge($1.acks)
            $0.pushes.merge($1.pushes)
        }
    }

    var acks: Int { parts.reduce(0) { $0 + $1.acks.count } }

    mutating func acked(nanoseconds: Int64) { parts[parts.count - 1].acks.record(nanoseconds: nanoseconds) }

    mutating func pushed(nanoseconds: Int64) { parts[parts.count - 1].pushes.record(nanoseconds: nanoseconds) }
}
