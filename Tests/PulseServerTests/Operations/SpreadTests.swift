import PulseServer
import Testing

@Suite struct SpreadTests {
    @Test(
        arguments: [(0, 1), (1, 1), (999, 500), (1_000, 501), (1_998, 1_000), (2_000, 1_000), (9_000, 1_000)])
    func `many are sent away evenly over the time`(milliseconds: Int, gone: Int) {
        #expect(Spread(1_000, over: .seconds(2)).due(after: .milliseconds(milliseconds)) == gone)
    }

    @Test(arguments: [(0, 1), (10, 2), (29, 3), (30, 3)])
    func `a few do not wait that long`(milliseconds: Int, gone: Int) {
        #expect(Spread(3, over: .seconds(60)).due(after: .milliseconds(milliseconds)) == gone)
    }

    @Test func `without a time all go at once`() {
        #expect(Spread(1_000, over: .zero).due(after: .zero) == 1_000)
        #expect(Spread(0, over: .seconds(5)).due(after: .zero) == 0)
    }
}
