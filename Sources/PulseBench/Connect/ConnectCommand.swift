import ArgumentParser
import NIOCore

/// `bench connect`: how many clients a second the server lets in, and how long they wait.
struct ConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "Open connections at a rate and time their handshakes.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections to open.")
    var connections = 10_000

    @Option(help: "Connections a second, by the clock alone: a handshake counts from when it was meant to begin.")
    var rate = 1000.0

    @Option(help: "In place of the rate: so many openings at a time, each followed by the next.")
    var atOnce: Int?

    @Option(help: "Different users they belong to (default: one each).")
    var users: Int?

    @Option(help: "The users are this and a number from 1 on.")
    var userPrefix = "bench-connect-"

    @Option(help: "Seconds to hold them all open.")
    var hold = 1.0

    @Flag(help: "Ask for changes once when it is open, as a client does.")
    var ask = false

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.rate(rate, "rate")
        if let atOnce { try Check.atLeast(1, atOnce, "at-once") }
        try Check.seconds(hold, "hold", orZero: true)
        if let users, users < 1 || users > connections { throw ValidationError("--users must be 1…connections.") }
    }

    func run() async throws {
        try OpenFiles.require(connections)
        try await Run.start(common) { run in
            let tally = ConnectTally()
            run.progress.enter("opening") {
                "\(tally.counts.opened) of \(connections) open, \(tally.counts.failed) failed"
            }
            run.watch.openWindow()
            let began = NIODeadline.now()
            let held = try await open(run, from: began, tally)
            run.watch.closeWindow()
            guard !held.isEmpty else {
                throw BenchError(
                    .connectFailed,
                    "None of \(connections) connections could be opened: "
                        + (tally.counts.firstComplaint ?? ""))
            }
            run.progress.enter("holding") { "\(tally.counts.opened - tally.counts.lost) connections" }
            try await Task.sleep(for: .seconds(hold))
            let report = report(tally.counts, from: began, run.watch)
            await held.closeAll()
            return report
        }
    }

    /// Opens all connections, each by a task of its own that begins when it is due, or when another one has ended.
    private func open(
        _ run: Run, from began: NIODeadline, _ tally: ConnectTally
    ) async throws -> [Connection<ConnectReceiver>] {
        let client = run.client
        let loops = Array(client.group.makeIterator())
        let prefix = run.userPrefix(userPrefix)
        let table = ask ? common.table : nil
        var pacing = Pacing.open(perSecond: rate, connection: 0, of: 1, from: began, until: .distantFuture)
        return try await withThrowingTaskGroup(of: Connection<ConnectReceiver>?.self) { tasks in
            var held: [Connection<ConnectReceiver>] = []
            for index in 0..<connections {
                let intended: NIODeadline
                if let atOnce {
                    if index >= atOnce, let connection = try await tasks.next() ?? nil { held.append(connection) }
                    intended = .now()
                } else {
                    if let due = pacing.nextDue { try await Run.sleep(until: due) }
                    intended = pacing.next(at: .now()) ?? .now()
                }
                tally.began(intended: intended, at: .now())
                let token = "\(prefix)\(index % (users ?? connections) + 1)"
                let source = client.endpoint.isLoopback ? try Client.source(of: index) : nil
                tasks.addTask {
                    do {
                        return try await client.open(token: token, on: loops[index % loops.count], from: source) {
                            ConnectReceiver(intended: intended, table: table, tally: tally)
                        }
                    } catch {
                        tally.failed(error, intended: intended, at: .now())
                        return nil
                    }
                }
            }
            for try await connection in tasks { if let connection { held.append(connection) } }
            return held
        }
    }

    private func report(_ counts: ConnectTally.Counts, from began: NIODeadline, _ watch: ServerWatch) -> Report {
        let seconds = max(1e-9, Double((counts.lastOpened - began).nanoseconds) / 1e9)
        var report = Report("connect")
        report.add("connections", "connections", connections)
        if let atOnce {
            report.add("at_once", "openings at a time", atOnce)
        } else {
            report.add("rate", "connections/s intended", rate, decimals: 1)
        }
        report.add("opened", "connections opened", counts.opened)
        report.add("failed", "connections that failed", counts.failed)
        report.add("lost_connections", "connections lost", counts.lost)
        report.add("opened_per_second", "opened/s", Double(counts.opened) / seconds, decimals: 0)
        report.add("handshake", "handshake", counts.latency)
        report.add("lateness", "begun late", counts.lateness, percentiles: [99])
        if watch.hasServer, counts.opened > 0 {
            let growth = Double(watch.sample().residentKiB - watch.residentBeforeKiB)
            report.add("kib_per_connection", "KiB each, held", growth / Double(counts.opened), decimals: 2)
        }
        if let complaint = counts.firstComplaint { report.add("first_complaint", "first complaint", .text(complaint)) }
        return report
    }
}
