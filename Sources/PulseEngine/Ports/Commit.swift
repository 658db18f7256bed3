import PulseModel

/// What one group of writes put into the log, as connections are sent it.
public struct Commit: Sendable {
    /// The first and the last version that the group took. It took all between them.
    public let versions: ClosedRange<Version>
    /// When it had become durable, by the clock of the worker that wrote it.
    public let time: Timestamp
    /// The frames of its records, in version order, without those of ``missing`` scopes.
    public let runs: [FrameRun]
    /// Scopes that the group wrote to and whose frames this worker was not given.
    public let missing: Set<Scope>

    public init(versions: ClosedRange<Version>, time: Timestamp, runs: [FrameRun], missing: Set<Scope> = []) {
        self.versions = versions
        self.time = time
        self.runs = runs
        self.missing = missing
    }

    /// The whole content of a group's records; nil when there are none.
    ///
    /// - Parameter records: in version order.
    package init?(_ records: [Record], at time: Timestamp, schema: Schema) {
        guard let first = records.first, let last = records.last else { return nil }
        self.init(versions: first.version...last.version, time: time, runs: FrameRun.runs(of: records, schema: schema))
    }

    /// About how much memory it takes.
    var byteCount: Int { runs.reduce(256) { $0 + $1.frames.readableBytes + 64 } }
}
