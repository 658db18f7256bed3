import PulseBench
import Testing

@Suite struct HTMLReportTests {
    private func findings(_ url: String, peer: String? = nil) -> Findings {
        var histogram = Histogram()
        for value in 1...1000 { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        var report = Report("upload")
        report.add("records_per_second", "records/s", 1234, decimals: 1)
        report.add("ack", "ack", histogram)
        report.add("first_complaint", "first complaint", .text("<b>no</b>"))
        var usage = UsageCurve()
        for second in 0..<20 {
            usage.add(ProcessUsage(residentKiB: 10_240, cpuSeconds: Double(second)), at: Double(second))
        }
        let round = Findings.Round(report: report, usage: usage)
        let urls = [url] + (peer.map { [$0] } ?? [])
        return Findings(sides: urls.map { .init(url: $0, rounds: [round, round]) }, isSingle: false)
    }

    private func count(_ part: String, in text: String) -> Int {
        text.indices.count { text[$0...].hasPrefix(part) }
    }

    @Test func `a page has the figures, a plot of each kind, and names its units`() {
        let page = HTMLReport(findings("ws://a")).text
        #expect(page.contains("<td>records/s</td><td>1234.0</td>"))
        let titles = [
            "ack, by percentile", "records/s, by round", "ack p99, ms, by round", "Server memory", "Server CPU",
        ]
        for title in titles { #expect(page.contains("<figcaption>\(title)</figcaption>")) }
        for unit in ["resident MiB", "cores", "percentile", "round", "99.9 %"] {
            #expect(page.contains(">\(unit)</text>"))
        }
        #expect(!page.contains("http"), "it fetches nothing")
        #expect(!page.contains("NaN") && !page.contains("nan"))
    }

    @Test func `what a server says is text, not markup`() {
        let page = HTMLReport(findings("ws://a/<script>")).text
        #expect(page.contains("&lt;b&gt;no&lt;/b&gt;"))
        #expect(!page.contains("<script"))
    }

    @Test func `a peer has a colour of its own in each plot, and a column`() {
        let page = HTMLReport(findings("ws://a", peer: "ws://b")).text
        #expect(page.contains("<th>ws://b</th><th>ratio</th>"))
        #expect(count(#"<path class="line side0""#, in: page) == 5)
        #expect(count(#"<path class="line side1""#, in: page) == 5)
        #expect(count(#"<rect class="side1""#, in: page) == 6)
    }

    @Test func `nothing measured is a page without plots`() {
        let page = HTMLReport(
            Findings(sides: [.init(url: "ws://a", rounds: [.init(report: Report("x"))])], isSingle: true))
        #expect(page.text.contains("pulsed bench x"))
        #expect(!page.text.contains("<svg"))
    }

    @Test(arguments: [
        (0.0, 1.0, 1.0), (1, 0.2, 1), (7, 2, 8), (49, 10, 50), (51, 20, 60), (0.003, 0.001, 0.003),
        (1_234_567, 500_000, 1_500_000),
    ])
    func `an axis has a few round steps that reach the largest value`(maximum: Double, step: Double, end: Double) {
        let axis = Axis(upTo: maximum)
        #expect(abs(axis.step - step) < step / 1e9)
        #expect(abs(axis.end - end) < end / 1e9)
        #expect((2...7).contains(axis.ticks.count))
    }

    @Test func `ticks are short`() {
        #expect([0, 0.25, 40, 9_999, 15_000, 2_500_000].map(Axis.text) == ["0", "0.25", "40", "9999", "15k", "2.5M"])
    }
}
