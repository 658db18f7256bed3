import NIOCore

/// What came of a crowd.
struct CrowdReport {
    let clients: Int
    /// Of each client.
    let records: Int
    let rate: Double
    let readers: [DeltaReader.Counts]
    let writers: [PacedTally]

    /// The uploads that were due in the phases with these numbers, of all writers.
    private func uploads(_ isOne: (Int) -> Bool) -> PacedTally.Phase? {
        let phases = writers.flatMap { $0.phases.enumerated().filter { isOne($0.offset) }.map(\.element) }
        guard var all = phases.first else { return nil }
        for phase in phases.dropFirst() { all.merge(phase) }
        return all
    }

    var report: Report {
        var report = Report("crowd")
        report.add("clients", "clients at once", clients)
        report.add("records", "records each", records)
        report.add("rate", "records/s uploaded meanwhile", rate, decimals: 0)
        addUploads(to: &report)
        addClients(to: &report)
        report.add("acked", "records acked", writers.reduce(0) { $0 + $1.acked })
        report.add("refused", "records refused", writers.reduce(0) { $0 + $1.refused })
        report.add("skipped", "records not sent, server behind", writers.reduce(0) { $0 + $1.skipped })
        report.add("unanswered", "uploads never answered", writers.reduce(0) { $0 + $1.unanswered })
        report.add("lost_connections", "writers lost", writers.count { $0.isLost })
        if let complaint = readers.lazy.compactMap(\.failure).first ?? writers.lazy.compactMap(\.firstComplaint).first {
            report.add("first_complaint", "first complaint", .text(complaint))
        }
        return report
    }

    private func addUploads(to report: inout Report) {
        // The first phase is the warm-up, the second the quiet before. Then each crowd opens its connections in one that
        // does not count, and asks in the next.
        guard let quiet = uploads({ $0 == 1 }), let crowded = uploads({ $0 >= 3 && !$0.isMultiple(of: 2) }) else {
            return
        }
        report.add("quiet", "upload, quiet", quiet.latency)
        report.add("crowded", "upload, crowded", crowded.latency)
        let quietTail = quiet.latency.percentile(99)
        let ratio = quietTail > 0 ? Double(crowded.latency.percentile(99)) / Double(quietTail) : 0
        report.add("p99_ratio", "upload p99, crowded by quiet", ratio, decimals: 2)
        report.add("crowded_uploads", "uploads while crowded", crowded.latency.count)
        report.add("lateness", "sent late", crowded.lateness, percentiles: [99])
    }

    private func addClients(to report: inout Report) {
        let times = readers.compactMap { reader in reader.completeAt.map { ($0 - reader.askedAt).nanoseconds } }
            .sorted()
        let starved = readers.count { $0.completeAt == nil || $0.records != records }
        report.add("starved", "clients without all their records", starved)
        report.add("order_violations", "versions out of order", readers.reduce(0) { $0 + $1.orderViolations })
        report.add(
            "client_median_ms", "client median, ms", Self.milliseconds(times.dropFirst(times.count / 2).first),
            decimals: 1)
        report.add("client_fastest_ms", "client fastest, ms", Self.milliseconds(times.first), decimals: 1)
        report.add("client_slowest_ms", "client slowest, ms", Self.milliseconds(times.last), decimals: 1)
        let silence = readers.map(\.longestSilence.nanoseconds).max()
        report.add("longest_silence_ms", "longest wait for a record, ms", Self.milliseconds(silence), decimals: 1)
    }

    private static func milliseconds(_ nanoseconds: Int64?) -> Double { Double(nanoseconds ?? 0) / 1e6 }
}
