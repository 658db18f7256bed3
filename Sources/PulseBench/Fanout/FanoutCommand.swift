import ArgumentParser
import NIOCore

/// `bench fanout`: one user's uploads, pushed to many connections of that user.
struct FanoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout", abstract: "Upload at a fixed rate and time every push to every receiver.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections that receive; one more sends.")
    var connections = 1000

    @Option(help: "The user they belong to; one without records (default: a new one).")
    var user: String?

    @Option(help: "Records a second.")
    var rate = 100.0

    @Option(help: "Records in one upload; one is a SYNC_UPLOAD.")
    var batch = 1

    @Option(help: "Seconds that are measured.")
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
        guard rate.isFinite, rate > 0, rate <= 10_000_000 else { throw ValidationError("--rate must be above 0.") }
        guard common.loops <= 2 else { throw ValidationError("--loops is at most 2 here; the sender has its own.") }
    }

    func run() async throws {
        let token = user ?? newUser()
        let marker = FanoutMarker(run: .random(in: 0...(.max)))
        let plan = FanoutSender.Plan(
            table: common.table, userID: try common.userID(of: token), marker: marker, batch: batch,
            intervalNanoseconds: 1e9 * Double(batch) / rate,
            maximumUnanswered: max(1000, Int(rate / Double(batch) * 10)))
        // The receivers' loops, and one for the sender, so that reading cannot delay sending.
        try await Run.start(common, loops: common.loops + 1) { run in
            let loops = Array(run.client.group.makeIterator())
            let tallies = loops.dropLast().map { _ in FanoutTally() }
            let sender = try await run.client.open(token: token, on: loops[tallies.count]) { FanoutSender(plan: plan) }
            let receivers = try await openReceivers(run.client, token, marker, Array(loops.dropLast()), tallies)
            try await Task.sleep(for: .seconds(settle))

            let start = NIODeadline.now() + .milliseconds(50)
            let from = start + .seconds(of: warmUp)
            let to = from + .seconds(of: duration)
            for tally in tallies { tally.measure(from: from, to: to) }
            try await sender.onLoop { $0.start(at: start, measuring: from, to: to) }
            try await Run.sleep(until: from)
            run.watch.openWindow()
            try await Run.sleep(until: to)
            run.watch.closeWindow()
            try await Run.settle(patience: .seconds(3)) {
                tallies.reduce(0) { $0 + $1.counts.pushes }
            } isDone: {
                let sent = try await sender.onLoop { $0.counts }
                let pushes = tallies.reduce(0) { $0 + $1.counts.pushes }
                return sent.unanswered == 0 && pushes >= sent.ackedInAll * connections
            }
            let sent = try await sender.onLoop { $0.counts }
            var got = FanoutTally.Counts()
            for tally in tallies { got.merge(tally.counts) }
            await sender.close()
            await receivers.closeAll()
            return report(sent, got, from: from)
        }
    }

    /// A user that no run had before; a number where the server wants one.
    private func newUser() -> String {
        let random = UInt32.random(in: 1...UInt32(Int32.max))
        return common.withUserID ? String(random) : "bench-fanout-" + String(random, radix: 16)
    }

    private func openReceivers(
        _ client: Client, _ token: String, _ marker: FanoutMarker, _ loops: [any EventLoop], _ tallies: [FanoutTally]
    ) async throws -> [Connection<FanoutReceiver>] {
        let table = common.table
        let same: @Sendable (Int) -> String = { _ in token }
        return try await client.openAll(connections, on: loops, manySources: true, token: same) { index in
            FanoutReceiver(table: table, marker: marker, tally: tallies[index % tallies.count])
        }
    }

    private func report(_ sent: FanoutSender.Counts, _ got: FanoutTally.Counts, from: NIODeadline) -> Report {
        let expected = sent.acked * connections
        // A server that falls behind delivers after the window: that time counts.
        let seconds = max(duration, Double((max(got.lastDelivery, from) - from).nanoseconds) / 1e9)
        var report = Report("fanout")
        report.add("connections", "receiving connections", connections)
        report.add("rate", "records/s intended", rate, decimals: 1)
        report.add("records_acked", "records acked", sent.acked)
        report.add("deliveries_per_second", "deliveries/s", Double(got.deliveries) / seconds, decimals: 0)
        report.add("deliveries", "deliveries", got.deliveries)
        report.add("expected", "deliveries due", expected)
        report.add("lost", "deliveries lost", expected - got.deliveries)
        report.add("order_violations", "versions out of order", got.orderViolations)
        report.add("latency", "delivery", got.latency, percentiles: [50, 90, 99, 99.9])
        report.add("ack", "ack", sent.ackLatency, percentiles: [50, 99])
        report.add("lateness", "sent late", sent.lateness, percentiles: [99])
        report.add("push_bytes", "bytes of pushes, whole run", got.pushBytes)
        report.add("refused", "records refused", sent.refused)
        report.add("skipped", "records not sent, server behind", sent.skipped)
        report.add("unanswered", "uploads never answered", sent.unanswered)
        report.add("foreign_frames", "frames not of this run", got.foreignFrames)
        report.add("lost_connections", "connections lost", got.lostConnections + (sent.lost ? 1 : 0))
        if let complaint = sent.firstComplaint ?? got.firstComplaint {
            report.add("first_complaint", "first complaint", .text(complaint))
        }
        return report
    }
}
