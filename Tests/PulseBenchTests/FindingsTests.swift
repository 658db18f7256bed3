import PulseBench
import Testing

@Suite struct FindingsTests {
    private func round(_ rate: Double, _ acked: Int, complaint: String? = nil) -> Findings.Round {
        var report = Report("upload")
        report.add("rate_per_second", "records/s", rate, decimals: 1)
        report.add("acked", "acked", acked)
        if let complaint { report.add("first_complaint", "complaint", .text(complaint)) }
        return Findings.Round(report: report)
    }

    @Test func `the median of an even number is between the two in the middle`() {
        #expect(Spread([]) == nil)
        #expect(Spread([5, 1, 3]).map { [$0.median, $0.minimum, $0.maximum] } == [3, 1, 5])
        #expect(Spread([4, 1, 3, 100]).map { [$0.median, $0.minimum, $0.maximum] } == [3.5, 1, 100])
    }

    @Test func `one round on one side is told as it is`() {
        let findings = Findings(sides: [.init(url: "ws://a", rounds: [round(10, 1)])], isSingle: true)
        #expect(findings.json() == #"{"bench":"upload","rate_per_second":10.0,"acked":1}"#)
        #expect(findings.table == "upload\n  records/s  10.0\n  acked      1")
    }

    @Test func `several rounds have a median and extremes`() {
        let rounds = [round(10, 1), round(30, 2, complaint: "no"), round(20, 2)]
        let findings = Findings(sides: [.init(url: "ws://a", rounds: rounds)], isSingle: false)
        let json = findings.json()
        #expect(json.hasPrefix(#"{"bench":"upload","url":"ws://a","runs":[{"bench":"upload","rate_per_second":10.0,"#))
        #expect(
            json.hasSuffix(
                #""median":{"rate_per_second":20.0,"acked":2},"#
                    + #""spread":{"rate_per_second":{"min":10.0,"max":30.0},"acked":{"min":1,"max":2}}}"#))
        #expect(
            findings.table == """
                upload, 3 rounds            ws://a
                records/s         20.0 (10.0–30.0)
                acked                      2 (1–2)
                  complaint, ws://a  no
                """)
    }

    @Test func `ratios are taken round by round, of what has a unit, and never by zero`() throws {
        let own = [round(10, 1), round(30, 1), round(20, 1)]
        let peer = [round(5, 1), round(10, 1), round(0, 1)]
        let findings = Findings(
            sides: [.init(url: "ws://a", rounds: own), .init(url: "ws://b", rounds: peer)], isSingle: false)
        let ratio = try #require(findings.ratios.first)
        #expect(findings.ratios.map(\.key) == ["rate_per_second"])
        #expect([ratio.spread.median, ratio.spread.minimum, ratio.spread.maximum] == [2.5, 2, 3])
        let json = findings.json()
        #expect(json.contains(#","peer":{"url":"ws://b","runs":["#))
        #expect(
            json.hasSuffix(
                #","ratio":{"rate_per_second":2.50},"ratio_spread":{"rate_per_second":{"min":2.00,"max":3.00}}}"#))
        #expect(findings.table.contains("2.50 (2.00–3.00)"))
    }

    @Test func `a peer that was not reached before the interruption is left out`() {
        let findings = Findings(
            sides: [.init(url: "ws://a", rounds: [round(10, 1)]), .init(url: "ws://b")], isSingle: false)
        #expect(findings.ratios.isEmpty)
        #expect(!findings.json().contains("peer"))
        #expect(!findings.table.contains("ws://b"))
    }

    @Test func `histograms are told on demand`() {
        var histogram = Histogram()
        for value in [3, 3, 1000] as [Int64] { histogram.record(nanoseconds: value) }
        var report = Report("x")
        report.add("ack", "ack", histogram, percentiles: [])
        let findings = Findings(sides: [.init(url: "ws://a", rounds: [.init(report: report)])], isSingle: true)
        #expect(
            findings.json(histograms: true) == #"{"bench":"x","ack_max_ms":0.001,"ack_histogram":[[3,2],[1003,1]]}"#)
        #expect(!findings.json().contains("histogram"))
    }

    @Test func `latencies of all rounds come together`() throws {
        let rounds = ([1, 2] as [Int64]).map { value in
            var histogram = Histogram()
            histogram.record(nanoseconds: value)
            var report = Report("x")
            report.add("ack", "ack", histogram)
            return Findings.Round(report: report)
        }
        let latency = try #require(Findings.Side(url: "ws://a", rounds: rounds).latencies.first)
        #expect(latency.histogram.count == 2)
        #expect(latency.histogram.maximum == 2)
    }
}
