import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// How a worker stops so that its clients notice nothing but a close code, step by step. A second signal, of whatever
/// is left, skips all waiting.
final class Drain: Sendable {
    /// How long which step takes.
    struct Timing: Sendable, Hashable {
        /// From the moment that it is not ready any more until it takes no more connections: what load balancers need
        /// to notice.
        var notice: Duration
        /// From the first client that is sent away to the last.
        var spread: Duration
    }

    private let timing: Timing
    private let begun = Atomic<Bool>(false)
    private let mustHurry = Atomic<Bool>(false)

    init(_ timing: Timing) {
        self.timing = timing
    }

    /// Whether the worker is to stop.
    var hasBegun: Bool { begun.load(ordering: .relaxed) }

    /// Says that the worker stops, and gives others time to notice.
    func giveNotice() async {
        begun.store(true, ordering: .relaxed)
        await unlessSignalled { [timing] in try? await Task.sleep(for: timing.notice) }
    }

    /// Sends clients away one after the other.
    func sendAway(_ registry: SessionRegistry) async {
        let sessions = registry.all.shuffled()
        let plan = Spread(sessions.count, over: timing.spread)
        await unlessSignalled {
            let begin = ContinuousClock.now
            var next = 0
            while next < sessions.count, !Task.isCancelled {
                let due = plan.due(after: begin.duration(to: .now))
                for session in sessions[next..<due] { session.leave() }
                next = due
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Does what is cancelled by a signal, and not at all after one.
    private func unlessSignalled(_ work: @escaping @Sendable () async -> Void) async {
        guard !mustHurry.load(ordering: .relaxed) else { return }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await work()
                return false
            }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { return true }
                return false
            }
            if await group.next() == true { mustHurry.store(true, ordering: .relaxed) }
            group.cancelAll()
        }
    }
}

/// The step in which load balancers may notice, as a service that is shut down before all others.
struct Notice: Service {
    let drain: Drain
    let logger: Logger
    let stopping: @Sendable () -> Void

    func run() async {
        guard (try? await gracefulShutdown()) != nil else { return }
        logger.info("stopping")
        stopping()
        await drain.giveNotice()
    }
}
