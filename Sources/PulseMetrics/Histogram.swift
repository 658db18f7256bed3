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

    /// - Parameter bounds: the upper ends of its buckets, ascending; one without end is added.
    public init(bounds: [Double]) {
        self.bounds = bounds
        tally = Mutex(Tally(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Bounds for times in seconds, from a tenth of a millisecond to ten seconds.
    public static let seconds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
    /// Bounds for numbers of things.
    public static let counts = [1.0, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000]

    public func record(_ value: Double) {
        record(CollectionOfOne(value))
    }

    /// Records all of them at once.
    public func record(_ values: some Sequence<Double>) {
        tally.withLock { tally in
            for value in values {
                tally.counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
                tally.sum += value
            }
        }
    }

    /// A bound that at least this share of the values did not exceed, or the last one; nil before the first value.
    public func quantile(_ share: Double) -> Double? {
        let counts = tally.withLock(\.counts)
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        var seen = 0
        for (count, bound) in zip(counts, bounds) {
            seen += count
            if Double(seen) >= share * Double(total) { return bound }
        }
        return bounds.last
    }

    var reading: Reading {
        let tally = tally.withLock { $0 }
        return Reading(bounds: bounds, counts: tally.counts, sum: tally.sum)
    }
}
