import ArgumentParser
import NIOCore

/// `bench upload`: how many records a second the server accepts.
struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload new records in a closed loop and count what is acked.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections that upload.")
    var connections = 8

    @Option(help: "Different users they belong to (default: one each).")
    var users: Int?

    @Option(help: "The users are this and a number from 1 on.")
    var userPrefix = "bench-upload-"

    @Option(help: "Records in one upload.")
    var batch = 50

    @Flag(help: "Send SYNC_UPLOAD frames; needs --batch 1.")
    var single = false

    @Option(help: "Uploads on their way, per connection.")
    var inFlight = 1

    @Option(help: "Seconds that are measured.")
    var duration = 10.0

    @Option(help: "Seconds of load before that.")
    var warmUp = 2.0

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.atLeast(1, batch, "batch")
        try Check.atLeast(1, inFlight, "in-flight")
        try Check.seconds(duration, "duration")
        try Check.seconds(warmUp, "warm-up", orZero: true)
        if let users, users < 1 || users > connections { throw ValidationError("--users must be 1…connections.") }
        if single, batch != 1 { throw ValidationError("--single needs --batch 1.") }
    }

    func run() async throws {
        let users = users ?? connections
        let userIDs = try (0..<users).map { try common.userID(of: token($0, users)) }
        try await Run.start(common) { run in
            let tally = UploadTally()
            let uploaders = try await run.client.openAll(connections, token: { token($0, users) }) { index in
                let listeners = connections / users + (index % users < connections % users ? 1 : 0)
                let plan = UploadSession.Plan(
                    table: common.table, userID: userIDs[index % users], batch: batch, single: single,
                    inFlight: inFlight, listeners: listeners)
                return UploadSession(plan: plan, tally: tally)
            }
            let from = NIODeadline.now() + .seconds(of: warmUp)
            let to = from + .seconds(of: duration)
            tally.measure(from: from, to: to)
            for uploader in uploaders { try await uploader.onLoop { $0.start(until: to) } }
            try await Run.sleep(until: from)
            run.watch.openWindow()
            try await Run.sleep(until: to)
            run.watch.closeWindow()
            try await Run.settle(patience: .seconds(2)) {
                tally.counts.ackedInAll + tally.counts.echoesInAll
            } isDone: {
                tally.counts.unanswered == 0 && tally.counts.echoesInAll >= tally.counts.echoesExpected
            }
            await uploaders.closeAll()
            return report(tally.counts, users: users)
        }
    }

    private func token(_ index: Int, _ users: Int) -> String {
        "\(userPrefix)\(index % users + 1)"
    }

    private func report(_ counts: UploadTally.Counts, users: Int) -> Report {
        var report = Report("upload")
        report.add("connections", "connections", connections)
        report.add("users", "users", users)
        report.add("batch", single ? "single records" : "records per upload", batch)
        report.add("in_flight", "uploads on their way each", inFlight)
        report.add("records_per_second", "records/s acked", Double(counts.acked) / duration, decimals: 1)
        report.add("records_acked", "records acked", counts.acked)
        report.add("conflicts", "conflicts", counts.conflicts)
        report.add("errors", "errors", counts.errors)
        report.add("ack", "ack", counts.latency, percentiles: [50, 99])
        report.add("echoes_per_second", "echoes/s", Double(counts.echoes) / duration, decimals: 1)
        report.add("echoes_expected", "echoes due, whole run", counts.echoesExpected)
        report.add("echoes_received", "echoes received, whole run", counts.echoesInAll)
        report.add("echo_bytes", "bytes of echoes", counts.echoBytesInAll)
        report.add("unanswered", "uploads never answered", counts.unanswered)
        report.add("stray_acks", "acks that do not fit", counts.strayAcks)
        report.add("error_frames", "error frames", counts.errorFrames)
        report.add("other_frames", "other frames", counts.otherFrames)
        report.add("lost_connections", "connections lost", counts.lostConnections)
        if let complaint = counts.firstComplaint { report.add("first_complaint", "first complaint", .text(complaint)) }
        return report
    }
}
