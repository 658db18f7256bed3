import ArgumentParser
import NIOCore

/// `bench delta`: how fast a client that has nothing gets everything.
struct DeltaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delta", abstract: "Time a first sync of one user's records.")

    @OptionGroup var common: CommonOptions

    @Option(help: "Records the user is to have; missing ones are uploaded first.")
    var records = 200_000

    @Option(help: "The user. Keep one name to preload only once.")
    var user = "bench-delta"

    @Option(help: "How often to read them all.")
    var `repeat` = 3

    @Option(help: "Read only so many of the newest, as a client that has all others (default: all).")
    var behind: Int?

    @Option(help: "Records in one upload while preloading.")
    var preloadBatch = 500

    @Option(help: "Seconds of silence after which nothing more is expected: a delta has no end mark.")
    var quiet = 3.0

    func validate() throws {
        try Check.atLeast(1, records, "records")
        try Check.atLeast(1, `repeat`, "repeat")
        if let behind, !(1...100_000).contains(behind) || behind >= records {
            throw ValidationError("--behind must be 1…100000, and fewer than --records.")
        }
        try Check.atLeast(1, preloadBatch, "preload-batch")
        try Check.seconds(quiet, "quiet")
    }

    func run() async throws {
        let userID = try common.userID(of: user)
        try await Run.start(common) { run in
            run.progress.enter("looking what there is")
            let present = try await read(run, expecting: records).records
            if present < records {
                run.progress.note("\(user) has \(present) records; uploading \(records - present) more.")
                try await run.preload(
                    records - present, of: [user], table: common.table, userID: userID, batch: preloadBatch,
                    inFlight: 4)
            } else if present > records {
                run.progress.note("\(user) has \(present) records, more than the \(records) asked for: reading all.")
            }
            var expected = max(present, records)
            var after: Int64 = 0
            if let behind {
                let newest = try await read(run, expecting: expected, remembering: behind).newest
                guard newest.count > behind else { throw BenchError(.incomplete, "The delta came in part.") }
                after = newest[newest.startIndex]
                expected = behind
            }
            var readings: [DeltaReader.Counts] = []
            run.watch.openWindow()
            for number in 1...`repeat` {
                run.progress.enter("reading, \(number) of \(`repeat`)")
                readings.append(try await read(run, expecting: expected, after: after))
            }
            run.watch.closeWindow()
            return report(readings, expected: expected)
        }
    }

    /// Reads a delta until what is expected came, and a moment longer in case there is more.
    private func read(
        _ run: Run, expecting expected: Int, after: Int64 = 0, remembering remembered: Int = 0
    ) async throws -> DeltaReader.Counts {
        let loop = run.client.group.next()
        let connection = try await run.client.open(token: user, on: loop, readBytes: 262_144) {
            [table = common.table] in
            DeltaReader(table: table, expected: expected, after: after, remembered: remembered)
        }
        try await connection.onLoop { $0.ask() }
        try await Run.settle(patience: .seconds(of: quiet)) {
            try await connection.onLoop { $0.counts.records }
        } isDone: {
            try await connection.onLoop { reader in
                reader.counts.failure != nil
                    || reader.counts.completeAt.map { NIODeadline.now() - $0 > .milliseconds(200) } ?? false
            }
        }
        let counts = try await connection.onLoop { $0.counts }
        await connection.close()
        if let failure = counts.failure { throw BenchError(.incomplete, "The delta failed: \(failure)") }
        return counts
    }

    private func report(_ readings: [DeltaReader.Counts], expected: Int) -> Report {
        var report = Report("delta")
        report.add("records", "records", expected)
        let median = Spread(readings.map { Self.seconds($0, $0.completeAt) })?.median ?? 0
        let first = Spread(readings.map { Self.seconds($0, $0.firstAt) })?.median ?? 0
        report.add(
            "median_records_per_second", "median records/s", median > 0 ? Double(expected) / median : 0, decimals: 0)
        report.add("median_ms", "median, ms", median * 1e3, decimals: 3)
        report.add("median_first_record_ms", "median of the first record, ms", first * 1e3, decimals: 3)
        let violations = readings.reduce(0) { $0 + $1.orderViolations }
        report.add("order_violations", "versions out of order", violations)
        report.add("incomplete", "readings that were not complete", readings.count { $0.records != expected })
        let runs = readings.enumerated().map { Self.report($0.element, number: $0.offset + 1, expected: expected) }
        report.add("runs", "runs", .list(runs))
        return report
    }

    /// From asking to `end`; 0 for what did not happen.
    private static func seconds(_ reading: DeltaReader.Counts, _ end: NIODeadline?) -> Double {
        end.map { Double(($0 - reading.askedAt).nanoseconds) / 1e9 } ?? 0
    }

    private static func report(_ reading: DeltaReader.Counts, number: Int, expected: Int) -> Report {
        let whole = seconds(reading, reading.completeAt)
        var report = Report("run \(number)")
        report.add("complete", "complete", .text(reading.records == expected ? "yes" : "no"))
        report.add("records", "records came", reading.records)
        report.add("order_violations", "versions out of order", reading.orderViolations)
        report.add("seconds", "seconds", whole, decimals: 3)
        report.add("first_record_ms", "first record, ms", seconds(reading, reading.firstAt) * 1e3, decimals: 3)
        let perSecond = whole > 0 ? 1 / whole : 0
        report.add("records_per_second", "records/s", Double(expected) * perSecond, decimals: 0)
        report.add("bytes_per_second", "bytes/s", Double(reading.bytes) * perSecond, decimals: 0)
        return report
    }
}
