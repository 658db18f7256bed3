import PulseModel
import Synchronization

/// The bus of a worker that is alone: hands its own commits back to it.
public final class LocalBus: ChangeBus {
    /// How many records may be under way. Commits beyond that are dropped, and the log has them.
    public static let maximumRecords = 100_000

    private let records = Mutex(0)
    private let commits: AsyncStream<Commit>
    private let continuation: AsyncStream<Commit>.Continuation

    public init() {
        (commits, continuation) = AsyncStream.makeStream()
    }

    public func publish(_ commit: Commit) {
        let hasRoom = records.withLock { records in
            guard records + commit.records.count <= Self.maximumRecords else { return false }
            records += commit.records.count
            return true
        }
        if hasRoom { continuation.yield(commit) }
    }

    public func run(_ receive: @Sendable (Commit) async -> Void) async {
        for await commit in commits {
            records.withLock { $0 -= commit.records.count }
            await receive(commit)
        }
    }
}
