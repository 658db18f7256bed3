import PulseModel
import Synchronization

/// The bus of a worker that is alone: hands its own commits back to it.
public final class LocalBus: ChangeBus {
    /// Bytes of records that may be under way. Commits beyond that are dropped, and the log has them.
    public static let maximumBytes = 64 << 20

    private let bytes = Mutex(0)
    private let commits: AsyncStream<Commit>
    private let continuation: AsyncStream<Commit>.Continuation

    public init() {
        (commits, continuation) = AsyncStream.makeStream()
    }

    public func publish(_ commit: Commit) {
        let hasRoom = bytes.withLock { bytes in
            guard bytes + commit.byteCount <= Self.maximumBytes else { return false }
            bytes += commit.byteCount
            return true
        }
        if hasRoom { continuation.yield(commit) }
    }

    public func run(_ receive: @Sendable (Commit) async -> Void) async {
        for await commit in commits {
            bytes.withLock { $0 -= commit.byteCount }
            await receive(commit)
        }
    }
}
