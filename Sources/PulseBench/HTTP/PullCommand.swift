import ArgumentParser
import NIOCore

/// `bench pull`: how fast clients that have nothing get everything over HTTP.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Pull one user's documents over HTTP, page by page.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Connections that pull all of them, at once.")
    var connections = 1

    @Option(help: "Documents the user is to have; missing ones are pushed first.")
    var rows = 20_000

    @Option(help: "The user. Keep one name to preload only once.")
    var user = "bench-pull"

    @Option(help: "Rows of a page.")
    var limit = 500

    @Option(help: "The version to begin behind.")
    var since = "19700101T000000.000Z-0000"

    @Option(help: "Changes in one push while preloading.")
    var preloadBatch = 500

    func validate() throws {
        try Check.atLeast(1, connections, "connections")
        try Check.atLeast(1, rows, "rows")
        try Check.atLeast(1, preloadBatch, "preload-batch")
        guard (1...1000).contains(limit) else { throw ValidationError("--limit must be 1…1000.") }
        guard since.utf8.allSatisfy({ JSONText.isPlain($0) && !"& #?".utf8.contains($0) }) else {
            throw ValidationError("--since must be a version.")
        }
    }

    func run() async throws {
        try await Run.start(common) { run in
            run.progress.enter("looking what there is")
            let present = try await read(run, connections: 1).rows
            if present < rows {
                run.progress.note("\(user) has \(present) documents; pushing \(rows - present) more.")
                try await preload(run, rows - present)
            }
            run.progress.enter("reading")
            run.watch.openWindow()
            let began = NIODeadline.now()
            let counts = try await read(run, connections: connections)
            run.watch.closeWindow()
            let seconds = Double((counts.completeAt - began).nanoseconds) / 1e9
            return report(counts, expected: max(present, rows) * connections, seconds: seconds)
        }
    }

    /// Reads everything on so many connections at once, and adds up what came.
    private func read(_ run: Run, connections: Int) async throws -> PullReader.Counts {
        let plan = PullReader.Plan(collection: common.table, limit: limit, since: since)
        let same: @Sendable (Int) -> String = { _ in user }
        let readers = try await run.client.openAllHTTP(connections, user: same) { _, link in
            PullReader(plan: plan, link: link)
        }
        try await readers.onLoops { $0.start() }
        var all = PullReader.Counts()
        for reader in readers {
            try await Run.settle(patience: .seconds(of: common.timeout), every: .milliseconds(5)) {
                try await reader.onLoop { $0.counts.pages }
            } isDone: {
                try await reader.onLoop { $0.counts.isComplete || $0.counts.failure != nil }
            }
            let counts = try await reader.onLoop { $0.counts }
            if let failure = counts.failure { throw BenchError(.incomplete, "A pull failed: \(failure)") }
            guard counts.isComplete else { throw BenchError(.incomplete, "A pull had no answer in time.") }
            all.rows += counts.rows
            all.pages += counts.pages
            all.bytes += counts.bytes
            all.latency.merge(counts.latency)
            all.completeAt = max(all.completeAt, counts.completeAt)
        }
        await readers.closeAll()
        return all
    }

    private func preload(_ run: Run, _ missing: Int) async throws {
        let tally = UploadTally()
        let same: @Sendable (Int) -> String = { _ in user }
        let sessions = try await run.client.openAllHTTP(1, user: same) { _, link in
            PushSession(link, collection: common.table, user: user, batch: preloadBatch, tally)
        }
        try await run.preload(missing, "documents", over: sessions, tally)
    }

    private func report(_ counts: PullReader.Counts, expected: Int, seconds: Double) -> Report {
        var report = Report("pull")
        report.add("connections", "connections", connections)
        report.add("limit", "rows per page", limit)
        report.add("rows", "rows came", counts.rows)
        report.add("missing", "rows missing", expected - counts.rows)
        report.add("pages", "pages", counts.pages)
        report.add("rows_per_second", "rows/s", seconds > 0 ? Double(counts.rows) / seconds : 0, decimals: 0)
        report.add("bytes_per_second", "bytes/s", seconds > 0 ? Double(counts.bytes) / seconds : 0, decimals: 0)
        report.add("page", "page", counts.latency)
        return report
    }
}
