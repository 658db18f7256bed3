import PulseEngine
import PulseModel

/// A worker's end of a bus that brings it the content of scopes only while it is subscribed to them, which it is a
/// while after it wants them, and that loses some of that, too.
///
/// Sendable because the test is one thread.
final class SimSubscriptions: ChangeBus, @unchecked Sendable {
    private var wanted: Set<Scope> = []
    private var subscribed: Set<Scope> = []

    func want(_ scope: Scope) { wanted.insert(scope) }
    func unwant(_ scope: Scope) { wanted.remove(scope) }

    /// What a worker hears of another's commit.
    func part(of commit: Commit, in world: World) -> Commit {
        if world.random.once(in: 3) { subscribed = wanted }
        var missing: Set<Scope> = []
        for run in commit.runs where !subscribed.contains(run.scope) || world.random.once(in: 16) {
            missing.insert(run.scope)
        }
        return Commit(
            versions: commit.versions, time: commit.time, runs: commit.runs.filter { !missing.contains($0.scope) },
            missing: missing)
    }

    func publish(_ commit: Commit) {}
    func run(_ receive: @Sendable (Commit) async -> Void) async {}
    var report: BusReport { BusReport() }
}
