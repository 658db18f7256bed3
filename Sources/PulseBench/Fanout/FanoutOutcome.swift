import NIOCore

/// What came of one rate.
package struct FanoutOutcome: Sendable {
    let connections: Int
    let rate: Double
    let window: Window
    let sent: PacedTally
    let got: FanoutTally.Counts

    package init(connections: Int, rate: Double, window: Window, sent: PacedTally, got: FanoutTally.Counts) {
        self.connections = connections
        self.rate = rate
        self.window = window
        self.sent = sent
        self.got = got
    }

    private var measured: PacedTally.Phase { sent.phases[1] }
    private var expected: Int { measured.acked * connections }

    /// Whether there was something to send, everything was taken, everything delivered once and in order, and 99 of 100
    /// deliveries within `limit`.
    package func holds(within limit: TimeAmount) -> Bool {
        let isWhole = sent.refused == 0 && sent.skipped == 0 && sent.unanswered == 0 && !sent.isLost
        return isWhole && expected > 0 && got.deliveries == expected && got.orderViolations == 0
            && got.lostConnections == 0 && got.latency.percentile(99) <= limit.nanoseconds
    }

    var report: Report {
        // A server that falls behind delivers after the window: that time counts.
        let seconds = Window(from: window.from, to: max(got.lastDelivery, window.to)).seconds
        var report = Report("fanout")
        report.add("connections", "receiving connections", connections)
        report.add("rate", "records/s intended", rate, decimals: 1)
        report.add("records_acked", "records acked", measured.acked)
        report.add("deliveries_per_second", "deliveries/s", Double(got.deliveries) / seconds, decimals: 0)
        report.add("deliveries", "deliveries", got.deliveries)
        report.add("expected", "deliveries due", expected)
        report.add("lost", "deliveries lost", expected - got.deliveries)
        report.add("order_violations", "versions out of order", got.orderViolations)
        report.add("latency", "delivery", got.latency)
        report.add("ack", "ack", measured.latency)
        report.add("lateness", "sent late", measured.lateness, percentiles: [99])
        report.add("push_bytes", "bytes of pushes, whole run", got.pushBytes)
        report.add("refused", "records refused", sent.refused)
        report.add("skipped", "records not sent, server behind", sent.skipped)
        report.add("unanswered", "uploads never answered", sent.unanswered)
        report.add("foreign_frames", "frames not of this run", got.foreignFrames)
        report.add("lost_connections", "connections lost", got.lostConnections + (sent.isLost ? 1 : 0))
        if let complaint = sent.firstComplaint ?? got.firstComplaint {
            report.add("first_complaint", "first complaint", .text(complaint))
        }
        return report
    }
}
