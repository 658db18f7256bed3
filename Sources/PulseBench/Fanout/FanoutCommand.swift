import ArgumentParser
import NIOCore

/// `bench fanout`: one user's uploads, pushed to many connections of that user.
struct FanoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout", abstract: "Upload at a fixed rate and time every push to every receiver.")

    /// What 99 of 100 pushes may take for a rate to be held.
    private static let patience = TimeAmount.seconds(1)

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections that receive; one more sends.")
    var connections = 1000

    @Option(help: "The user they belong to; one without records (default: a new one for each rate).")
    var user: String?

    @Option(help: "Records a second.")
    var rate = 100.0

    @Option(help: "Several rates, one after the other: 100,200,500.", transform: rates(of:))
    var rates: [Double] = []

    @Flag(help: "Look for the highest rate, from --rate on: no loss, and p99 within a second.")
    var findHighest = false

    @Option(
        help: "Publish by POST to this http:// URL, to a server that passes it on to the connections as it is.",
        transform: Endpoint.init(parsing:))
    var publish: Endpoint?

    @Option(help: "Records in one upload; one is a SYNC_UPLOAD.")
    var batch = 1

    @Option(help: "Seconds that are measured, for each rate.")
    var duration = 10.0

    @Option(help: "Seconds of load before that.")
    var warmUp = 2.0

    @Option(help: "Seconds between the last connection and the first upload.")
    var settle = 1.0

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.atLeast(1, batch, "batch")
        try Check.seconds(duration, "duration")
        try Check.seconds(warmUp, "warm-up", orZero: true)
        try Check.seconds(settle, "settle", orZero: true)
        for rate in [rate] + rates { try Check.rate(rate, "rate") }
        guard common.loops <= 2 else { throw ValidationError("--loops is at most 2 here; the sender has its own.") }
        guard rates.isEmpty || !findHighest else { throw ValidationError("--find-highest begins at one --rate.") }
        if let publish, !publish.isHTTP || publish.isEncrypted || batch > 1 {
            throw ValidationError("--publish takes an http:// URL, and needs --batch 1.")
        }
    }

    func run() async throws {
        try await Run.start(common, loops: common.loops + 1) { run in
            if findHighest { return try await search(run) }
            if rates.isEmpty { return try await round(rate).measure(run).report }
            var reports: [Report] = []
            for rate in rates { reports.append(try await round(rate).measure(run).report) }
            var report = Report("fanout")
            report.add("rates", "rates", .list(reports))
            return report
        }
    }

    private func search(_ run: Run) async throws -> Report {
        var search = RateSearch(from: rate)
        var reports: [Report] = []
        while let rate = search.next {
            let outcome = try await round(rate).measure(run)
            let holds = outcome.holds(within: Self.patience)
            run.progress.note("\(Report.fixed(rate, 2)) records/s: \(holds ? "held" : "not held")")
            search.tried(holds: holds)
            reports.append(outcome.report)
        }
        var report = Report("fanout")
        report.add("connections", "receiving connections", connections)
        report.add("highest_rate", "highest rate, records/s", search.held ?? 0, decimals: 2)
        report.add("rates", "rates", .list(reports))
        return report
    }

    private func round(_ rate: Double) -> FanoutRound {
        FanoutRound(
            common: common, connections: connections, rate: rate, batch: batch, publish: publish,
            token: user ?? newUser(), seconds: (duration, warmUp, settle))
    }

    /// A user that no run had before; a number where the server wants one.
    private func newUser() -> String {
        let random = UInt32.random(in: 1...UInt32(Int32.max))
        return common.withUserID ? String(random) : "bench-fanout-" + String(random, radix: 16)
    }

    private static func rates(of text: String) throws -> [Double] {
        try text.split(separator: ",").map { part in
            guard let rate = Double(part) else { throw ValidationError("\"\(part)\" is no rate.") }
            return rate
        }
    }
}
