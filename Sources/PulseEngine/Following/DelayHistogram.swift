import PulseMetrics
import PulseModel

/// How long commits took to the sockets of this worker: from the moment when they were durable, by the clock of the
/// worker that wrote them, until their frames were handed to the sockets.
package struct DelayHistogram: Sendable {
    /// The upper bounds of the buckets, in seconds: doubling from 0.1 ms on, about 7 minutes at the end.
    static let bounds = (0..<23).map { 0.0001 * Double(1 << $0) }

    private let histogram: Histogram
    private let clock: @Sendable () -> Timestamp

    package init(
        _ histogram: Histogram = Histogram(bounds: Self.bounds),
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.histogram = histogram
        self.clock = clock
    }

    package func record(_ commits: some Sequence<Timestamp>) {
        let now = clock()
        histogram.record(commits.lazy.map { Double(now.microseconds - $0.microseconds) / 1_000_000 })
    }

    /// The delay that this share of the commits had at most, as the upper bound of its bucket; nil before the first one.
    package func quantile(_ share: Double) -> Duration? {
        histogram.quantile(share).map { .seconds($0) }
    }
}
