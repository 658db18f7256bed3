import NIOCore
import Synchronization

/// What Ctrl-C does: the part of a round that is being measured ends at once, and the round is told as far as it went.
/// Before that part the round is given up. No other round begins.
final class Interruption: Sendable {
    private enum Phase {
        case before
        case measuring(Task<Void, any Error>)
        case after
    }

    private struct State {
        var happened = false
        var phase = Phase.before
        var round: Task<Report, any Error>?
    }

    private let state = Mutex(State())

    var happened: Bool { state.withLock { $0.happened } }

    /// Interrupts; false when that has been done before.
    func interrupt() -> Bool {
        state.withLock { state in
            defer { state.happened = true }
            switch state.phase {
            case .before: state.round?.cancel()
            case .measuring(let sleeper): sleeper.cancel()
            case .after: break
            }
            return !state.happened
        }
    }

    /// Waits for a round. It ends early when it is interrupted before its measured part.
    ///
    /// - Throws: what the round throws.
    func round(_ body: @escaping @Sendable () async throws -> Report) async throws -> Report {
        let round = Task { try await body() }
        state.withLock {
            $0.phase = .before
            $0.round = round
            if $0.happened { round.cancel() }
        }
        return try await round.value
    }

    /// Sleeps through the measured part of a round, or until interrupted.
    func sleep(until deadline: NIODeadline) async {
        let sleeper = Task { try await Run.sleep(until: deadline) }
        state.withLock {
            $0.phase = .measuring(sleeper)
            if $0.happened { sleeper.cancel() }
        }
        _ = await sleeper.result
        state.withLock { $0.phase = .after }
    }
}
