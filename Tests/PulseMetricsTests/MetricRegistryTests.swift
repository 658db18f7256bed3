import PulseMetrics
import Testing

@Suite("Metrics as text")
struct MetricRegistryTests {
    @Test("a family is told once, with all its series")
    func series() {
        let registry = MetricRegistry()
        registry.counter("pulse_errors_total", "Refused.", labels: [("code", "100")]).add(2)
        registry.gauge("pulse_connections", "Open.").set(7)
        registry.counter("pulse_errors_total", "Refused.", labels: [("code", "a\"b\\\n")]).add()
        #expect(
            registry.text == """
                # HELP pulse_errors_total Refused.
                # TYPE pulse_errors_total counter
                pulse_errors_total{code="100"} 2
                pulse_errors_total{code="a\\"b\\\\\\n"} 1
                # HELP pulse_connections Open.
                # TYPE pulse_connections gauge
                pulse_connections 7

                """)
    }

    @Test("a quantile is a bound that so many values did not exceed")
    func quantile() {
        let histogram = Histogram(bounds: [0.1, 1])
        #expect(histogram.quantile(0.5) == nil)
        histogram.record([0.05, 0.06, 0.5])
        #expect(histogram.quantile(0.5) == 0.1)
        #expect(histogram.quantile(0.99) == 1)
        histogram.record(3)
        #expect(histogram.quantile(0.99) == 1)
    }

    @Test("buckets count all below their bound")
    func histogram() {
        let registry = MetricRegistry()
        let histogram = registry.histogram("pulse_commit_seconds", "Commits.", bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 3] { histogram.record(value) }
        #expect(
            registry.text == """
                # HELP pulse_commit_seconds Commits.
                # TYPE pulse_commit_seconds histogram
                pulse_commit_seconds_bucket{le="0.1"} 2
                pulse_commit_seconds_bucket{le="1"} 3
                pulse_commit_seconds_bucket{le="+Inf"} 4
                pulse_commit_seconds_sum 3.65
                pulse_commit_seconds_count 4

                """)
    }
}
