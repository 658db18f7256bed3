import PulseModel
import Synchronization

/// How long commits took to the sockets of this worker: from the moment when they were durable, by the clock of the
/// worker that wrote them, until their frames were handed to the sockets.
package final class DelayHistogram: Sendable {
    /// The upper bounds of the buckets, in microseconds: doubling from 0.1 ms on, about 7 minutes at the end.
    private static let bounds = (0..<23).map { Int64(100) << $0 }

    private let counts = Mutex(Array(repeating: 0, count: bounds.count))
    private let clock: @Sendable () -> Timestamp

    package init(clock: @escaping @Sendable () -> Timestamp = Timestamp.now) {
        self.clock = clock
    }

    package func record(_ commits: some Sequence<Timestamp>) {
        let now = clock()
        counts.withLock { counts in
            for commit in commits {
                let delay = now.microseconds - commit.microseconds
                counts[Self.bounds.firstIndex { delay <= $0 } ?? Self.bounds.count - 1] += 1
            }
        }
    }

    /// The delay that this share of the commits had at most, as the upper bound of its bucket; nil before the first one.
    package func quantile(_ share: Double) -> Duration? {
        let counts = counts.withLock { $0 }
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        var seen = 0
        for (count, bound) in zip(counts, Self.bounds) {
            seen += count
            if Double(seen) >= share * Double(total) { return .microseconds(bound) }
        }
        return .microseconds(Self.bounds[Self.bounds.count - 1])
    }
}
