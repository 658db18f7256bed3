import PulseBench
import Testing

@Suite struct HistogramTests {
    @Test(arguments: [0, 1, 127, 128, 255, 256, 257, 1000, 123_456, 987_654_321, 60_000_000_000] as [Int64])
    func `a bucket ends less than one percent above its values`(value: Int64) {
        let end = Histogram.upperBound(of: Histogram.bucket(of: value))
        #expect(end >= value)
        #expect(Double(end - value) <= Double(value) * 0.008)
    }

    @Test func `buckets touch, without gap or overlap`() {
        for bucket in 1..<Histogram.bucket(of: Histogram.largest) {
            let end = Histogram.upperBound(of: bucket)
            #expect(Histogram.bucket(of: end) == bucket)
            #expect(Histogram.bucket(of: end + 1) == bucket + 1)
        }
    }

    @Test func `percentiles of 1…1000 µs are what they say`() {
        var histogram = Histogram()
        for value in 1...1000 { histogram.record(nanoseconds: Int64(value) * 1000) }
        for (percent, expected) in [(50.0, 500_000.0), (90, 900_000), (99, 990_000), (99.9, 999_000)] {
            let found = Double(histogram.percentile(percent))
            #expect(found >= expected && found <= expected * 1.008)
        }
        #expect(histogram.percentile(100) == 1_000_000)
        #expect(histogram.maximum == 1_000_000)
    }

    @Test func `merging is the same as recording together`() {
        var one = Histogram()
        var two = Histogram()
        var both = Histogram()
        for value in stride(from: Int64(5), to: 1_000_000, by: 777) {
            if value % 2 == 0 { one.record(nanoseconds: value) } else { two.record(nanoseconds: value) }
            both.record(nanoseconds: value)
        }
        one.merge(two)
        #expect(one == both)
    }

    @Test func `what is negative or too large is kept at the ends`() {
        var histogram = Histogram()
        histogram.record(nanoseconds: -5)
        histogram.record(nanoseconds: .max)
        #expect(histogram.percentile(50) == 0)
        #expect(histogram.percentile(100) == Histogram.largest)
        #expect(Histogram().percentile(99) == 0)
    }
}
