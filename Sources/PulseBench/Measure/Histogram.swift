/// Counts of durations in log-linear buckets: 128 per power of two, so that a value is off by less than 0.8 %.
package struct Histogram: Sendable, Equatable {
    private static let bits = 7
    /// Larger values, from 2⁴² ns (73 minutes), count as this.
    package static let largest: Int64 = (1 << 42) - 1

    private var counts: [UInt64]
    package private(set) var count = 0
    package private(set) var maximum: Int64 = 0

    package init() {
        counts = Array(repeating: 0, count: Self.bucket(of: Self.largest) + 1)
    }

    /// Adds a duration. Negative ones count as zero.
    package mutating func record(nanoseconds value: Int64) {
        let value = min(max(value, 0), Self.largest)
        counts[Self.bucket(of: value)] += 1
        count += 1
        maximum = max(maximum, value)
    }

    package mutating func merge(_ other: Histogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The value that `percent` of all durations do not exceed, rounded up to its bucket's end; 0 when there is none.
    package func percentile(_ percent: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = UInt64(max(1, (Double(count) * percent / 100).rounded(.up)))
        var seen: UInt64 = 0
        for index in counts.indices {
            seen += counts[index]
            if seen >= rank { return min(Self.upperBound(of: index), maximum) }
        }
        return maximum
    }

    /// The buckets that hold anything, each with the largest value that it stands for, in nanoseconds.
    package var buckets: [(upperBound: Int64, count: UInt64)] {
        counts.indices.filter { counts[$0] > 0 }.map { (Self.upperBound(of: $0), counts[$0]) }
    }

    package static func bucket(of value: Int64) -> Int {
        let shift = max(0, Int64.bitWidth - 1 - value.leadingZeroBitCount - bits)
        return shift << bits + Int(value >> Int64(shift))
    }

    package static func upperBound(of bucket: Int) -> Int64 {
        guard bucket >= 2 << bits else { return Int64(bucket) }
        let shift = bucket >> bits - 1
        let mantissa = bucket - shift << bits
        return (Int64(mantissa) + 1) << Int64(shift) - 1
    }
}
