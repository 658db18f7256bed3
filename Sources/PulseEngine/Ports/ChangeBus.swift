import PulseModel

/// Tells all workers of a space what was committed.
///
/// A bus makes things fast, never correct: it may lose, repeat and reorder whatever it likes, because every worker
/// compares what it hears with the log.
public protocol ChangeBus: Sendable {
    /// Hands a commit on, after it is durable. Never waits; what there is no room for is dropped.
    func publish(_ commit: Commit)

    /// Calls `receive` with every commit that the bus delivers, this worker's own included, one at a time, until the
    /// task is cancelled.
    func run(_ receive: @Sendable (Commit) async -> Void) async
}

/// What one group of writes put into the log.
public struct Commit: Sendable {
    /// The first and the last version that the group took. It took all between them.
    public let versions: ClosedRange<Version>
    /// The records as written, in version order.
    public let records: [Record]
    /// About how much memory the records take.
    let byteCount: Int

    public init?(_ records: [Record]) {
        guard let first = records.first, let last = records.last else { return nil }
        versions = first.version...last.version
        self.records = records
        byteCount = records.reduce(0) { $0 + $1.fields.bytes.count + 256 }
    }
}
