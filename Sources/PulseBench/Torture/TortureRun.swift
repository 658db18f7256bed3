import NIOCore
import NIOPosix

/// One run: the load, the faults one kind after the other, the judgement.
struct TortureRun {
    /// Seconds after a fault within which every worker must serve again.
    static let recoveryPatience = 30.0

    /// What came of it.
    struct Outcome: Sendable {
        var report: Report
        /// No rule was broken.
        var isClean: Bool
        /// All faults that were asked for took place.
        var isComplete: Bool
    }

    let options: TortureOptions
    let progress: Progress
    private var tallies: [FaultTally] = []

    init(_ options: TortureOptions, _ progress: Progress) {
        self.options = options
        self.progress = progress
    }

    mutating func run(on group: MultiThreadedEventLoopGroup) async throws -> Outcome {
        let stage = try await Stage.set(options, on: group.next())
        do {
            let outcome = try await run(on: stage, group.next())
            await stage.clear()
            return outcome
        } catch {
            await stage.clear()
            throw error
        }
    }

    private mutating func run(on stage: Stage, _ loop: any EventLoop) async throws -> Outcome {
        let plan = options.plan(stage.endpoints, try await options.access.access(to: stage.endpoints))
        let fleet = try await FleetHandle.make(plan, on: loop)
        try await fleet.gather(patience: 30)
        try await fleet.ask { $0.load() }
        let began = NIODeadline.now()
        if options.fault.isEmpty {
            progress.enter("load")
            try await pause(until: began + .seconds(of: options.duration ?? 10), fleet)
        } else {
            try await harm(stage, fleet, began)
        }
        try await mend(stage, fleet, "under load")
        progress.enter("waiting for answers")
        if try await isEnough(fleet) {
            try await fleet.ask { $0.end() }
        } else {
            try await fleet.settle(patience: options.patience)
            try await mend(stage, fleet, "in the end")
        }
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        return try await fleet.ask { [options, tallies] in
            let report = TortureReport(options: options, seconds: seconds, faults: tallies, fleet: $0).report
            return Outcome(
                report: report, isClean: $0.checker.counts.isEmpty,
                isComplete: tallies.count == options.fault.count
                    && tallies.allSatisfy { $0.injected >= options.events ?? 1 })
        }
    }

    /// Whether the first finding is there, and ends the run.
    private func isEnough(_ fleet: FleetHandle) async throws -> Bool {
        guard options.first else { return false }
        return try await fleet.ask { !$0.checker.counts.isEmpty }
    }

    /// Notes the processes that have ended by themselves, and starts them again.
    private func mend(_ stage: Stage, _ fleet: FleetHandle, _ circumstances: String) async throws {
        for process in stage.fallen {
            try await fleet.ask { $0.checker.found(.stuck, "\(process.name) ended by itself \(circumstances)") }
            try await process.start()
        }
    }

    /// Each kind of fault in turn, `--events` times or for its share of the time.
    private mutating func harm(_ stage: Stage, _ fleet: FleetHandle, _ began: NIODeadline) async throws {
        var injector = Injector(stage: stage, numbers: SeededNumbers(seed: options.seed ^ 0xFA17))
        let all = options.duration ?? (options.events == nil ? 10 * Double(options.fault.count) : 1e6)
        for (index, kind) in options.fault.enumerated() {
            try await fleet.ask { $0.checker.begin(phase: kind.rawValue) }
            var tally = FaultTally(kind: kind)
            let share = Double(index + 1) / Double(options.fault.count)
            let end = began + .seconds(of: options.events == nil ? all * share : all)
            while tally.injected < options.events ?? .max, NIODeadline.now() < end,
                // What does not take place again and again never will.
                tally.tried < 2 * tally.injected + 20
            {
                progress.enter("\(kind.rawValue) \(tally.injected + 1)")
                let next = NIODeadline.now() + .seconds(of: options.faultEvery)
                try await inject(kind, &injector, fleet, &tally)
                try await Run.sleep(until: next)
                if try await isEnough(fleet) { break }
            }
            tallies.append(tally)
            if try await isEnough(fleet) { return }
        }
    }

    private func inject(
        _ kind: FaultKind, _ injector: inout Injector, _ fleet: FleetHandle, _ tally: inout FaultTally
    ) async throws {
        let count = injector.stage.endpoints.count
        let start = try await fleet.ask { $0.now }
        tally.tried += 1
        let tookPlace = try await injector.inject(kind) {
            try await fleet.ask { $0.recovery = Recovery(workers: count, from: start, countingFrom: $0.now) }
        }
        if tookPlace {
            tally.injected += 1
            try await fleet.ask { $0.checker.fault(kind.rawValue, at: start) }
            try await recover(from: kind, fleet, &tally)
        }
        for name in injector.disobedient {
            try await fleet.ask { $0.checker.found(.stuck, "\(name) did not end when it was told to") }
        }
        injector.disobedient = []
        try await mend(injector.stage, fleet, "after \(kind.rawValue)")
    }

    private func recover(from kind: FaultKind, _ fleet: FleetHandle, _ tally: inout FaultTally) async throws {
        let deadline = NIODeadline.now() + .seconds(of: Self.recoveryPatience)
        while NIODeadline.now() < deadline {
            if let took = try await fleet.ask({ $0.recovery?.took }) {
                return tally.recoveries.record(nanoseconds: took)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        try await fleet.ask {
            $0.checker.found(
                .stuck, "\(Report.fixed(Self.recoveryPatience, 0)) s after \(kind.rawValue), not every worker serves")
        }
    }

    private func pause(until end: NIODeadline, _ fleet: FleetHandle) async throws {
        while NIODeadline.now() < end {
            if try await isEnough(fleet) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

/// What was done of one kind of fault.
struct FaultTally: Sendable {
    var kind: FaultKind
    var tried = 0
    /// Those that did take place.
    var injected = 0
    var recoveries = Histogram()
}
