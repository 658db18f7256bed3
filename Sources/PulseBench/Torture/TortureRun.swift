import NIOCore
import NIOPosix

/// One run: the load, the faults one kind after the other, the judgement.
struct TortureRun {
    /// Seconds after a fault within which every worker must serve again.
    static let recoveryPatience = 30.0

    let options: TortureOptions
    private var tallies: [FaultTally] = []

    init(_ options: TortureOptions) {
        self.options = options
    }

    mutating func run(on group: MultiThreadedEventLoopGroup) async throws -> (report: Report, isClean: Bool) {
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

    private mutating func run(
        on stage: Stage, _ loop: any EventLoop
    ) async throws -> (report: Report, isClean: Bool) {
        var plan = options.plan
        plan.endpoints = stage.endpoints
        let fleet = try await FleetHandle.make(plan, on: loop)
        try await fleet.gather(patience: 30)
        try await fleet.ask { $0.load() }
        let began = NIODeadline.now()
        if options.fault.isEmpty {
            try await pause(until: began + .seconds(of: options.duration ?? 10), fleet)
        } else {
            try await harm(stage, fleet, began)
        }
        try await fleet.settle(patience: options.patience)
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        return try await fleet.ask { [options, tallies] in
            let report = TortureReport(options: options, seconds: seconds, faults: tallies, fleet: $0).report
            return (report, $0.checker.counts.isEmpty)
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
                let next = NIODeadline.now() + .seconds(of: options.faultEvery)
                try await inject(kind, &injector, fleet, &tally)
                try await Run.sleep(until: next)
                if options.first, try await fleet.ask({ !$0.checker.counts.isEmpty }) { break }
            }
            tallies.append(tally)
            if options.first, try await fleet.ask({ !$0.checker.counts.isEmpty }) { return }
        }
    }

    private func inject(
        _ kind: FaultKind, _ injector: inout Injector, _ fleet: FleetHandle, _ tally: inout FaultTally
    ) async throws {
        let count = injector.stage.endpoints.count
        let start = try await fleet.ask {
            $0.checker.fault(kind.rawValue, at: $0.now)
            return $0.now
        }
        tally.tried += 1
        let tookPlace = try await injector.inject(kind) {
            try await fleet.ask { $0.recovery = Recovery(workers: count, from: start, countingFrom: $0.now) }
        }
        guard tookPlace else { return }
        tally.injected += 1
        let deadline = NIODeadline.now() + .seconds(of: Self.recoveryPatience)
        while NIODeadline.now() < deadline {
            if let took = try await fleet.ask({ $0.recovery?.took }) {
                tally.recoveries.record(nanoseconds: took)
                break
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        let isStuck = try await fleet.ask { $0.recovery?.took == nil }
        let fallen = injector.stage.fallen
        let said =
            fallen.map { "\($0.name) ended by itself after \(kind.rawValue)" }
            + (isStuck
                ? ["\(Report.fixed(Self.recoveryPatience, 0)) s after \(kind.rawValue), not every worker serves"] : [])
        if !said.isEmpty {
            try await fleet.ask { fleet in for each in said { fleet.checker.found(.stuck, each) } }
        }
        for process in fallen { try await process.start() }
    }

    private func pause(until end: NIODeadline, _ fleet: FleetHandle) async throws {
        while NIODeadline.now() < end {
            if options.first, try await fleet.ask({ !$0.checker.counts.isEmpty }) { return }
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

    init(kind: FaultKind) {
        self.kind = kind
    }
}
