import Synchronization

/// How often values lay within certain bounds, and their sum. Safe to record to from any thread.
public final class Histogram: Sendable {
    struct Reading: Sendable {
        let bounds: [Double]
        /// One more than ``bounds``; not cumulative.
        let counts: [Int]
        let sum: Double
    }

    private struct Tally {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let tally: Mutex<Tally>

    init(bounds: [Double]) {
        self.bounds = bounds
        tally = Mutex(Tally(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Bounds for times in seconds, from a tenth of a millisecond to ten seconds.
    public static let seconds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
    /// Bounds for numbers of things.
    public static let counts = [1.0, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000]

    public func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        tally.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    var reading: Reading {
        let tally = tally.withLock { $0 }
        return Reading(bounds: bounds, counts: tally.counts, sum: tally.sum)
    }
}
