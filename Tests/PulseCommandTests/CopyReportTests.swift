import PulseCommand
import PulseEngine
import PulseModel
import Testing

@Suite("The report of a copy")
struct CopyReportTests {
    private func progress(_ stage: CopyProgress.Stage, _ reached: Int64, after elapsed: Duration) -> CopyProgress {
        CopyProgress(
            stage: stage, start: .zero, reached: Version(reached), end: Version(1_000), recordCount: Int(reached) / 2,
            elapsed: elapsed)
    }

    @Test("elsewhere than on a terminal, a line is written every five seconds and at the end of a stage")
    func lines() {
        var report = CopyReport(isTerminal: false)
        #expect(report.text(for: progress(.copying, 100, after: .seconds(4))) == nil)
        #expect(
            report.text(for: progress(.copying, 250, after: .seconds(5)))
                == "copying: 25%, 125 records, 25/s, 15 s left\n")
        #expect(report.text(for: progress(.copying, 400, after: .seconds(9))) == nil)
        #expect(
            report.text(for: progress(.copying, 500, after: .seconds(250)))
                == "copying: 50%, 250 records, 1/s, 4 min 10 s left\n")
        #expect(
            report.text(for: progress(.copying, 1_000, after: .seconds(251))) == "copying: 100%, 500 records, 1/s\n")
        #expect(report.text(for: progress(.comparing, 100, after: .seconds(4))) == nil)
        #expect(
            report.text(for: progress(.comparing, 100, after: .seconds(400)))
                == "comparing: 10%, 50 records, 0/s, 1 h 0 min left\n")
        #expect(report.interruption == "")
    }

    @Test("on a terminal, one line is redrawn ten times a second, and ended")
    func terminal() {
        var report = CopyReport(isTerminal: true)
        #expect(report.interruption == "")
        #expect(report.text(for: progress(.copying, 1, after: .milliseconds(99))) == nil)
        #expect(
            report.text(for: progress(.copying, 500, after: .seconds(1)))
                == "\rcopying [############............] 50%, 250 records, 250/s, 1 s left\u{1B}[K")
        #expect(report.interruption == "\n")
        #expect(report.text(for: progress(.copying, 501, after: .milliseconds(1_050))) == nil)
        #expect(
            report.text(for: progress(.copying, 1_000, after: .milliseconds(1_060)))?.hasSuffix("471/s\u{1B}[K\n")
                == true)
        #expect(report.interruption == "")
    }
}
