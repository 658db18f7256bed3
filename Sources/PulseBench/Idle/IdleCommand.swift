import ArgumentParser
import NIOCore

/// `bench idle`: what a connection costs that does nothing.
struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "Hold connections open and weigh the server's memory (with --pid).")

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections to hold.")
    var connections = 10_000

    @Option(help: "Different users they belong to (default: one each).")
    var users: Int?

    @Option(help: "The users are this and a number from 1 on.")
    var userPrefix = "bench-idle-"

    @Option(help: "Connections that are opened at once.")
    var step = 100

    @Option(help: "Seconds to hold them.")
    var hold = 10.0

    @Flag(help: "Send nothing at all; otherwise each asks for its changes once, as a client does.")
    var mute = false

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.atLeast(1, step, "step")
        try Check.seconds(hold, "hold", orZero: true)
        if let users, users < 1 || users > connections { throw ValidationError("--users must be 1…connections.") }
    }

    func run() async throws {
        try OpenFiles.require(connections)
        let users = users ?? connections
        try await Run.start(common) { run in
            let tally = IdleTally()
            let table = mute ? nil : common.table
            let prefix = run.userPrefix(userPrefix)
            let token: @Sendable (Int) -> String = { "\(prefix)\($0 % users + 1)" }
            run.progress.enter("opening")
            run.watch.openWindow()
            let began = NIODeadline.now()
            let held = try await run.client.openAll(connections, atOnce: step, manySources: true, token: token) { _ in
                IdleReceiver(table: table, tally: tally)
            }
            let opening = NIODeadline.now() - began
            run.progress.enter("holding") { "\(connections - tally.lost) connections" }
            try await Task.sleep(for: .seconds(1))
            let opened = run.watch.sample()
            try await Task.sleep(for: .seconds(hold))
            let kept = run.watch.sample()
            run.watch.closeWindow()

            var report = Report("idle")
            report.add("connections", "connections", connections)
            report.add("users", "users", users)
            report.add(
                "opened_per_second", "opened per second",
                Double(connections) * 1e9 / Double(max(1, opening.nanoseconds)), decimals: 0)
            report.add("lost_connections", "connections lost", tally.lost)
            report.add("frames", "frames received", tally.frames)
            if let complaint = tally.firstComplaint {
                report.add("first_complaint", "first complaint", .text(complaint))
            }
            if run.watch.hasServer {
                let before = run.watch.residentBeforeKiB
                func each(_ usage: ProcessUsage) -> Double { Double(usage.residentKiB - before) / Double(connections) }
                report.add("kib_per_connection", "KiB each, when open", each(opened), decimals: 2)
                report.add("kib_per_connection_held", "KiB each, after the hold", each(kept), decimals: 2)
            }
            await held.closeAll()
            return report
        }
    }
}
