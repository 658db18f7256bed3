import PulseModel
import Synchronization

/// The bus of a worker that is alone: hands its own commits back to it.
public final class LocalBus: ChangeBus {
    /// Bytes of commits that may be under way. Commits beyond that are dropped, and the log has them.
    public static let maximumBytes = 64 << 20

    private struct State {
        var bytes = 0
        var report = BusReport()
    }

    private let state = Mutex(State())
    private let commits: AsyncStream<Commit>
    private let continuation: AsyncStream<Commit>.Continuation

    public init() {
        (commits, continuation) = AsyncStream.makeStream()
    }

    public func publish(_ commit: Commit) {
        let hasRoom = state.withLock { state in
            guard state.bytes + commit.byteCount <= Self.maximumBytes else {
                state.report.dropped += 1
                return false
            }
            state.bytes += commit.byteCount
            return true
        }
        if hasRoom { continuation.yield(commit) }
    }

    /// Commits carry all scopes anyway.
    public func want(_ scope: Scope) {}
    public func unwant(_ scope: Scope) {}

    public func run(_ receive: @Sendable (Commit) async -> Void) async {
        for await commit in commits {
            state.withLock { $0.bytes -= commit.byteCount }
            await receive(commit)
        }
    }

    public var report: BusReport { state.withLock { $0.report } }
}
