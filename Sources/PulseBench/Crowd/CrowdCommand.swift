import ArgumentParser
import NIOCore

/// `bench crowd`: what uploads wait for while many clients get everything at once.
struct CrowdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crowd", abstract: "Time uploads at a fixed rate, quiet and while many clients ask for everything."
    )

    @OptionGroup var common: CommonOptions

    @Option(help: "Clients that ask at once, each a user of its own.")
    var clients = 100

    @Option(help: "Records that each has; they are uploaded first.")
    var records = 10_000

    @Option(help: "How often they ask, each time on new connections.")
    var `repeat` = 3

    @Option(help: "Connections that upload.")
    var writers = 8

    @Option(help: "Records a second that they upload together.")
    var rate = 5_000.0

    @Option(help: "Records in one upload.")
    var batch = 50

    @Option(help: "Seconds that are measured before the clients come.")
    var duration = 10.0

    @Option(help: "Seconds of load before that, and between the crowds.")
    var warmUp = 2.0

    @Option(help: "Records in one upload while preloading.")
    var preloadBatch = 500

    func validate() throws {
        for (value, name) in [
            (clients, "clients"), (records, "records"), (`repeat`, "repeat"), (writers, "writers"), (batch, "batch"),
            (preloadBatch, "preload-batch"),
        ] { try Check.atLeast(1, value, name) }
        try Check.seconds(duration, "duration")
        try Check.seconds(warmUp, "warm-up", orZero: true)
        try Check.rate(rate, "rate")
        guard !common.withUserID else { throw ValidationError("This work has no users that are numbers.") }
    }

    func run() async throws {
        // The writers have an event loop of their own, so that reading cannot delay sending.
        try await Run.start(common, loops: common.loops + 1) { run in
            let loops = Array(run.client.group.makeIterator())
            let name = "bench-crowd-" + String(UInt32.random(in: 0...(.max)), radix: 16)
            run.progress.note("Uploading \(clients) × \(records) records.")
            for start in stride(from: 0, to: clients, by: writers) {
                let users = (start..<min(start + writers, clients)).map { "\(name)-\($0)" }
                try await run.preload(records, of: users, table: common.table, batch: preloadBatch)
            }
            let uploads = try await CrowdWriters.open(
                writers, run.client, on: loops[loops.count - 1], table: common.table, batch: batch,
                token: { "\(name)-writer-\($0)" })
            let start = NIODeadline.now() + .milliseconds(50)
            let quiet = start + .seconds(of: warmUp)
            try await uploads.start(at: start, perSecond: rate / Double(batch))
            let end = quiet + .seconds(of: duration)
            for phase in [quiet, end] { try await uploads.begin(phaseAt: phase) }
            run.progress.enter("uploading, quiet")
            try await Run.sleep(until: quiet)
            run.watch.openWindow()
            try await Run.sleep(until: end)
            var readers: [DeltaReader.Counts] = []
            for number in 1...`repeat` {
                run.progress.enter("uploading, crowd \(number) of \(`repeat`)")
                readers += try await crowd(run, Array(loops.dropLast()), name, uploads)
                try await Task.sleep(for: .seconds(warmUp))
            }
            run.watch.closeWindow()
            let tallies = try await uploads.finish()
            return CrowdReport(clients: clients, records: records, rate: rate, readers: readers, writers: tallies)
                .report
        }
    }

    /// All clients ask at once; returns when each has everything, or nothing has come to any for ten seconds.
    private func crowd(
        _ run: Run, _ loops: [any EventLoop], _ name: String, _ uploads: CrowdWriters
    ) async throws -> [DeltaReader.Counts] {
        let (table, expected) = (common.table, records)
        let user: @Sendable (Int) -> String = { "\(name)-\($0)" }
        let readers = try await run.client.openAll(clients, on: loops, token: user) { _ in
            DeltaReader(table: table, expected: expected)
        }
        try await uploads.begin(phaseAt: .now())
        try await readers.onLoops { $0.ask() }
        try await Run.settle(patience: .seconds(10)) {
            try await readers.onLoops { $0.counts.records }.reduce(0, +)
        } isDone: {
            try await readers.onLoops { $0.counts.isDone }.allSatisfy(\.self)
        }
        try await uploads.begin(phaseAt: .now())
        let counts = try await readers.onLoops { $0.counts }
        await readers.closeAll()
        return counts
    }
}
