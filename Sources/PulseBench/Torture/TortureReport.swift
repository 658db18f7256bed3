/// What a run of torture prints.
struct TortureReport {
    /// Findings that are printed with their history.
    static let mostExamples = 10

    let options: TortureOptions
    let seconds: Double
    let faults: [FaultTally]
    let fleet: Fleet

    var report: Report {
        let checker = fleet.checker
        var report = Report("torture")
        report.add("seed", "seed", .text(String(options.seed)))
        report.add("seconds", "seconds", seconds, decimals: 1)
        report.add("users", "users", options.users)
        report.add("phones", "phones", options.phones)
        report.add("first_user", "first user", Int(options.firstUser))
        report.add("changes", "changes made", fleet.tally.changes)
        report.add("dropped", "changes not made, too many pending", fleet.tally.dropped)
        report.add("acked", "changes acknowledged", checker.phases.reduce(0) { $0 + $1.acked })
        report.add("unknown", "connections lost before the ack, changes", checker.phases.reduce(0) { $0 + $1.unknown })
        report.add("conflicts", "conflicts", checker.phases.reduce(0) { $0 + $1.conflicts })
        report.add("updates", "updates received", fleet.tally.updates)
        report.add("connections", "connections", fleet.tally.connections)
        report.add("failed_connections", "connections that failed", fleet.tally.failedConnections)
        report.add("silences", "answers that did not come in time", fleet.tally.silences)
        report.add("refusals", "errors, uploads to be sent again", fleet.tally.refusals)
        fleet.tally.merged(fleet.tally.parts).describe(in: &report)
        report.add("findings", "findings", checker.counts.values.reduce(0, +))
        for rule in Rule.allCases { report.add(rule.rawValue, rule.rawValue, checker.counts[rule] ?? 0) }
        report.add("faults", "faults", .list(faults.map { describe($0, checker) }))
        report.add(
            "examples", "examples", .list(checker.findings.prefix(Self.mostExamples).map { example($0, checker) }))
        return report
    }

    private func describe(_ fault: FaultTally, _ checker: Checker) -> Report {
        var report = Report(fault.kind.rawValue)
        report.add("injected", "injected", fault.injected)
        report.add("tried", "tried", fault.tried)
        if let index = checker.phases.firstIndex(where: { $0.name == fault.kind.rawValue }) {
            let counts = checker.phaseCounts[index]
            func count(_ rules: Rule...) -> Int { rules.reduce(0) { $0 + (counts[$1] ?? 0) } }
            report.add("acked", "changes acknowledged", checker.phases[index].acked)
            report.add("unknown", "connections lost before the ack, changes", checker.phases[index].unknown)
            report.add("lost", "lost", count(.lost, .vanished, .overwritten))
            report.add("repeated", "repeated", count(.repeated, .reused))
            report.add("skipped", "skipped", count(.skipped))
            report.add("leaked", "leaked", count(.leaked))
            report.add("other", "other findings", count(.order, .torn, .undead, .refused, .answer, .stuck))
        }
        report.add("recovery", "recovery", fault.recoveries, percentiles: [50])
        return report
    }

    private func example(_ finding: Finding, _ checker: Checker) -> Report {
        var report = Report(finding.rule.rawValue)
        report.add("said", "what", .text(finding.said))
        report.add("seed", "seed", .text(String(options.seed)))
        report.add("fault", "fault", .text(checker.phases[finding.phase].name))
        for (index, line) in checker.history(of: finding).enumerated() {
            report.add("line_\(index)", "", .text(line))
        }
        return report
    }
}
