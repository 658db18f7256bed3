import PulseEngine
import PulseModel
import Synchronization

/// A good bus with one defect, to see whether the conformance suite notices.
final class DefectiveBus: ChangeBus {
    enum Defect: String, CaseIterable {
        case losesOneCommitInTen, repeatsCommits, callsNothingMissing, callsEverythingMissing, bringsTheWrongVersions
        case mixesUpRuns, losesARun, losesTheTime, doesNotAsk, asksForEver, takesNamesForEachOther, dropsUnnoticed
        case bringsNothingToTheIdle
    }

    private let bus: any ChangeBus
    private let defect: Defect
    private let count = Mutex(0)
    private let hasWanted = Mutex(false)

    init(_ bus: any ChangeBus, with defect: Defect) {
        self.bus = bus
        self.defect = defect
    }

    func publish(_ commit: Commit) { bus.publish(commit) }

    func want(_ scope: Scope) {
        hasWanted.withLock { $0 = true }
        switch defect {
        case .doesNotAsk: break
        case .takesNamesForEachOther: bus.want(Scope(key: scope.key.lowercased()) ?? scope)
        default: bus.want(scope)
        }
    }

    func unwant(_ scope: Scope) { if defect != .asksForEver { bus.unwant(scope) } }

    func run(_ receive: @Sendable (Commit) async -> Void) async {
        await bus.run { commit in
            for commit in damaged(commit) { await receive(commit) }
        }
    }

    private func damaged(_ commit: Commit) -> [Commit] {
        let number = count.withLock { count in
            count += 1
            return count
        }
        switch defect {
        case .losesOneCommitInTen: return number % 10 == 0 ? [] : [commit]
        case .repeatsCommits: return [commit, commit]
        case .callsNothingMissing: return [commit.with(missing: [])]
        case .callsEverythingMissing: return [commit.with(runs: [], missing: Set(commit.runs.map(\.scope)))]
        case .bringsTheWrongVersions:
            return [
                commit.with(
                    runs: commit.runs.map {
                        FrameRun(scope: $0.scope, model: $0.model, first: $0.first.next, frames: $0.frames)
                    })
            ]
        case .mixesUpRuns: return [commit.with(runs: commit.runs.reversed())]
        case .losesARun: return [commit.with(runs: commit.runs.dropLast())]
        case .losesTheTime: return [commit.with(time: Timestamp(microseconds: 0))]
        case .bringsNothingToTheIdle: return hasWanted.withLock(\.self) ? [commit] : []
        case .doesNotAsk, .asksForEver, .takesNamesForEachOther, .dropsUnnoticed: return [commit]
        }
    }

    var report: BusReport {
        var report = bus.report
        if defect == .dropsUnnoticed { report.dropped = 0 }
        return report
    }
}

extension Commit {
    fileprivate func with(
        time: Timestamp? = nil, runs: [FrameRun]? = nil, missing: Set<Scope>? = nil
    ) -> Commit {
        Commit(
            versions: versions, time: time ?? self.time, runs: runs ?? self.runs,
            missing: missing ?? self.missing)
    }
}
