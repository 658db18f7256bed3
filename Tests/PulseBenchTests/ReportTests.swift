import PulseBench
import Testing

@Suite struct ReportTests {
    @Test func `a report is a table and one JSON object`() {
        var inner = Report("run 1")
        inner.add("n", "n", 1)
        var report = Report("upload")
        report.add("records", "records acked", 12)
        report.add("rate", "rate", 1234.56, decimals: 1)
        report.add("why", "why", .text("\"a\"\n"))
        report.add("runs", "runs", .list([inner]))
        #expect(
            report.json
                == #"{"bench":"upload","records":12,"rate":1234.6,"why":"\"a\"\n","runs":[{"bench":"run 1","n":1}]}"#)
        #expect(report.table.hasPrefix("upload\n  records acked  12\n  rate           1234.6\n"))
        #expect(report.table.hasSuffix("\n  run 1\n    n  1"))
    }

    @Test func `numbers keep their decimals`() {
        #expect(Report.fixed(0.05, 2) == "0.05")
        #expect(Report.fixed(-1.5, 1) == "-1.5")
        #expect(Report.fixed(9.999, 2) == "10.00")
        #expect(Report.fixed(41.5, 0) == "42")
        #expect(Report.fixed(.nan, 1) == "0")
        #expect(Report.fixed(.infinity, 1) == "0")
    }

    @Test func `percentiles are named as they are spoken`() {
        var report = Report("x")
        var histogram = Histogram()
        histogram.record(nanoseconds: 2_000_000)
        report.add("ack", "ack", histogram, percentiles: [50, 99.9])
        #expect(report.json == #"{"bench":"x","ack_p50_ms":2.000,"ack_p999_ms":2.000,"ack_max_ms":2.000}"#)
    }

    @Test func `memory and time are found in what the kernel prints`() {
        #expect(ProcessUsage.residentKiB(inStatus: "Name:\tx\nVmHWM:\t  9 kB\nVmRSS:\t    1234 kB\n") == 1234)
        #expect(ProcessUsage.residentKiB(inStatus: "Name:\tx\n") == nil)
        let stat = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 110 22 0 0 20 0"
        #expect(ProcessUsage.cpuTicks(inStat: stat) == 132)
        #expect(ProcessUsage.cpuTicks(inStat: "12 (a") == nil)
    }
}
