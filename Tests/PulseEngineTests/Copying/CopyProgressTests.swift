import PulseEngine
import PulseModel
import Testing

@Suite struct CopyProgressTests {
    private func progress(from start: Int64, at reached: Int64, of end: Int64, _ count: Int, _ elapsed: Duration)
        -> CopyProgress
    {
        CopyProgress(
            stage: .copying, start: Version(start), reached: Version(reached), end: Version(end), recordCount: count,
            elapsed: elapsed)
    }

    @Test func `The time left is what the rest takes at the pace so far`() {
        let progress = progress(from: 0, at: 250, of: 1_000, 200, .seconds(2))
        #expect(progress.fraction == 0.25)
        #expect(progress.rate == 100)
        #expect(progress.timeLeft == .seconds(6))
    }

    @Test func `What was there before counts for what is done, not for the pace`() {
        let progress = progress(from: 800, at: 900, of: 1_000, 100, .seconds(1))
        #expect(progress.fraction == 0.9)
        #expect(progress.rate == 100)
        #expect(progress.timeLeft == .seconds(1))
    }

    @Test func `Nothing is divided by nothing`() {
        let empty = progress(from: 0, at: 0, of: 0, 0, .zero)
        #expect(empty.fraction == 1 && empty.rate == 0 && empty.timeLeft == nil)
        #expect(progress(from: 5, at: 5, of: 9, 0, .seconds(1)).timeLeft == nil)
    }
}
