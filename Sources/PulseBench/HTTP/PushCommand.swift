import ArgumentParser
import NIOCore

/// `bench push`: how many changes a second the HTTP API accepts.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Push new documents over HTTP and count what is accepted.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var load: LoadOptions

    @Option(help: "Connections that push; each is a user of its own.")
    var connections = 8

    @Option(help: "The users are this and a number from 1 on.")
    var userPrefix = "bench-push-"

    @Option(help: "Changes in one push.")
    var batch = 50

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.atLeast(1, batch, "batch")
    }

    func run() async throws {
        try await Run.start(common) { run in
            let prefix = run.userPrefix(userPrefix)
            let tally = UploadTally()
            run.progress.enter("connecting")
            let user: @Sendable (Int) -> String = { "\(prefix)\($0 + 1)" }
            let sessions = try await run.client.openAllHTTP(connections, user: user) { index, link in
                PushSession(link, collection: common.table, user: user(index), batch: batch, tally)
            }
            let window = try await run.upload(over: sessions, load, tally, "changes accepted")
            return report(tally.counts, seconds: window.seconds)
        }
    }

    private func report(_ counts: UploadTally.Counts, seconds: Double) -> Report {
        var report = Report("push")
        report.add("connections", "connections", connections)
        report.add("batch", "changes per push", batch)
        if let rate = load.rate { report.add("rate", "pushes/s intended", rate, decimals: 1) }
        report.add("changes_per_second", "changes/s accepted", Double(counts.acked) / seconds, decimals: 1)
        report.add("changes_accepted", "changes accepted", counts.acked)
        report.add("changes_refused", "changes refused", counts.errors)
        report.add("push", "push", counts.latency)
        report.add("failed", "pushes that failed, whole run", counts.errorFrames)
        report.add("unanswered", "pushes never answered", counts.unanswered)
        report.add("stray_answers", "answers that do not fit", counts.strayAcks)
        report.add("lost_connections", "connections lost", counts.lostConnections)
        if let complaint = counts.firstComplaint { report.add("first_complaint", "first complaint", .text(complaint)) }
        return report
    }
}
