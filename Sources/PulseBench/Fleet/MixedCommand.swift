import ArgumentParser
import NIOCore

/// `bench mixed`: a day of many phones, compressed.
struct MixedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mixed",
        abstract: "Live a day of many phones in minutes: spells of use, offline commutes, a night; checked throughout.")

    /// Parts of a run that are reported on their own, to show what drifts.
    private static let parts = 10

    @OptionGroup var common: CommonOptions

    @Option(help: "Phones.")
    var phones = 5000

    @Option(help: "Users they belong to.")
    var users = 1700

    @Option(help: "Changes a second in the busiest hours, of all phones together.")
    var rate = 300.0

    @Option(help: "Seconds that the day takes.")
    var duration = 600.0

    @Option(help: "What phones decide.")
    var seed: UInt64 = 1

    func validate() throws {
        try Check.atLeast(1, phones, "phones")
        try Check.seconds(duration, "duration")
        guard (1...phones).contains(users) else { throw ValidationError("--users must be 1…phones.") }
        guard rate.isFinite, (0.1...1e6).contains(rate) else { throw ValidationError("--rate must be 0.1…1000000.") }
    }

    func run() async throws {
        try await Run.start(common) { run in
            let plan = FleetPlan(
                endpoints: [run.client.endpoint], access: run.client.access, table: common.table,
                withUserID: common.withUserID,
                withClocks: !common.withUserID, users: users, phones: phones,
                firstUser: .random(in: 1_000_000...1_000_000_000), rate: rate, seed: seed, simpleCursors: 0.5,
                day: duration, ramp: min(duration / 24, 10), timeout: run.client.timeout)
            let fleet = try await FleetHandle.make(plan, on: run.client.group.next())
            try await fleet.gather(patience: plan.ramp + 30)
            run.watch.openWindow()
            try await fleet.ask { $0.load() }
            var memory: [Int] = []
            let began = NIODeadline.now()
            for part in 1...Self.parts {
                try await Run.sleep(until: began + .seconds(of: duration * Double(part) / Double(Self.parts)))
                if run.watch.hasServer { memory.append(run.watch.sample().residentKiB) }
                if part < Self.parts { try await fleet.ask { $0.tally.parts.append(FleetTally.Part()) } }
            }
            run.watch.closeWindow()
            let (during, online) = try await fleet.ask { ($0.tally, $0.online) }
            try await fleet.settle(patience: 10)
            return try await fleet.ask { [memory, duration] in
                report(on: $0, during, online: online, memory: memory, seconds: duration)
            }
        }
    }

    private func report(
        on fleet: Fleet, _ during: FleetTally, online: Int, memory: [Int], seconds: Double
    ) -> Report {
        let checker = fleet.checker
        var report = Report("mixed")
        report.add("phones", "phones", phones)
        report.add("users", "users", users)
        report.add("online", "phones online at last", online)
        report.add("connections", "connections", during.connections)
        report.add("failed_connections", "connections that failed", during.failedConnections)
        report.add("changes_per_second", "changes/s", Double(during.changes) / seconds, decimals: 1)
        report.add("updates_per_second", "updates/s", Double(during.updates) / seconds, decimals: 1)
        report.add("acked", "changes acknowledged", checker.phases.reduce(0) { $0 + $1.acked })
        report.add("conflicts", "conflicts", checker.phases.reduce(0) { $0 + $1.conflicts })
        report.add("silences", "answers that did not come in time", fleet.tally.silences)
        report.add("refusals", "errors, uploads to be sent again", fleet.tally.refusals)
        report.add("dropped", "changes not made, too many pending", fleet.tally.dropped)
        during.merged(during.parts).describe(in: &report)
        let half = during.parts.count / 2
        // From 6:00 and from 18:00 on, phones are equally busy.
        let (morning, evening) = (during.parts[0], during.parts[half])
        func drift(_ histogram: KeyPath<FleetTally.Part, Histogram>) -> Double {
            let before = morning[keyPath: histogram].percentile(99)
            return before == 0 ? 0 : Double(evening[keyPath: histogram].percentile(99)) / Double(before)
        }
        report.add("ack_p99_drift", "ack p99, evening to morning", drift(\.acks), decimals: 2)
        report.add("push_p99_drift", "push p99, evening to morning", drift(\.pushes), decimals: 2)
        if let middle = memory.dropLast(half).last, let last = memory.last {
            report.add("rss_growth_kib", "memory, 2nd half's growth, KiB", last - middle)
        }
        report.add("findings", "findings of the checker", checker.counts.values.reduce(0, +))
        for (rule, count) in checker.counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            report.add(rule.rawValue, rule.rawValue, count)
        }
        if let first = checker.findings.first { report.add("first_finding", "first finding", .text(first.said)) }
        report.add(
            "parts", "parts",
            .list(
                during.parts.enumerated().map { index, part in
                    var report = Report("part \(index + 1)")
                    part.describe(in: &report)
                    if index < memory.count { report.add("rss_kib", "server memory, KiB", memory[index]) }
                    return report
                }))
        return report
    }
}
