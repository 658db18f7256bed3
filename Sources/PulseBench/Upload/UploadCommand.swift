import ArgumentParser
import NIOCore

/// `bench upload`: how many records a second the server accepts.
struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload new records and count what is acked.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var load: LoadOptions

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

    @Option(help: "Uploads on their way at most, per connection (default: 1; 8 with --rate).")
    var inFlight: Int?

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.atLeast(1, batch, "batch")
        if let inFlight { try Check.atLeast(1, inFlight, "in-flight") }
        if let users, users < 1 || users > connections { throw ValidationError("--users must be 1…connections.") }
        if single, batch != 1 { throw ValidationError("--single needs --batch 1.") }
    }

    func run() async throws {
        let users = users ?? connections
        try await Run.start(common) { run in
            let prefix = run.userPrefix(userPrefix)
            let token: @Sendable (Int) -> String = { "\(prefix)\($0 % users + 1)" }
            let userIDs = try (0..<users).map { try common.userID(of: token($0)) }
            let tally = UploadTally()
            run.progress.enter("connecting")
            let uploaders = try await run.client.openAll(connections, token: token) { index in
                let listeners = connections / users + (index % users < connections % users ? 1 : 0)
                return UploadSession(
                    table: common.table, userID: userIDs[index % users], isSingle: single,
                    Uploads(
                        tally: tally, batch: batch, inFlight: inFlight ?? defaultInFlight, listeners: listeners))
            }
            let window = try await run.upload(over: uploaders, load, tally, "records acked")
            return report(tally.counts, users: users, seconds: window.seconds)
        }
    }

    private var defaultInFlight: Int { load.rate == nil ? 1 : 8 }

    private func report(_ counts: UploadTally.Counts, users: Int, seconds: Double) -> Report {
        var report = Report("upload")
        report.add("connections", "connections", connections)
        report.add("users", "users", users)
        report.add("batch", single ? "single records" : "records per upload", batch)
        report.add("in_flight", "uploads on their way each", inFlight ?? defaultInFlight)
        if let rate = load.rate { report.add("rate", "uploads/s intended", rate, decimals: 1) }
        report.add("records_per_second", "records/s acked", Double(counts.acked) / seconds, decimals: 1)
        report.add("records_acked", "records acked", counts.acked)
        report.add("conflicts", "conflicts", counts.conflicts)
        report.add("errors", "errors", counts.errors)
        report.add("ack", "ack", counts.latency)
        report.add("echoes_per_second", "echoes/s", Double(counts.echoes) / seconds, decimals: 1)
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
