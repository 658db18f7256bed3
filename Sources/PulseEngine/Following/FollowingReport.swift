import Logging

/// How a worker has followed the log since it started, for operators.
public struct FollowingReport: Sendable, Hashable {
    public let bus: BusReport
    public let sequencer: Sequencer.Counts
    /// What half of the commits, and 99 of 100, took at most to the sockets; nil before the first commit.
    public let medianDelay: Duration?
    public let slowestDelays: Duration?

    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "published": "\(bus.published)",
            "dropped": "\(bus.dropped)",
            "received": "\(bus.received)",
            "received-scopes": "\(bus.receivedScopes)",
            "reconnects": "\(bus.reconnects)",
            "commits": "\(sequencer.received)",
            "repeated": "\(sequencer.repeated)",
        ]
        for cause in Sequencer.Cause.allCases { metadata["healed-\(cause.name)"] = "\(sequencer.healed[cause] ?? 0)" }
        if let medianDelay { metadata["delay-p50"] = "\(medianDelay)" }
        if let slowestDelays { metadata["delay-p99"] = "\(slowestDelays)" }
        if let trouble = bus.trouble { metadata["trouble"] = "\(trouble)" }
        return metadata
    }
}

extension Sequencer.Cause {
    var name: String {
        switch self {
        case .missingCommit: "missing-commit"
        case .missingContent: "missing-content"
        case .headCheck: "head-check"
        }
    }
}
