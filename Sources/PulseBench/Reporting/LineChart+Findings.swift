#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension LineChart {
    /// The latency that a share of all requests does not exceed, further and further out: 90 %, 99 %, 99.9 %, …
    init(latency key: String, label: String, of findings: Findings) {
        lines = findings.sides.enumerated().compactMap { side, found in
            let latency = found.latencies.first { $0.key == key }
            return latency.map { Line(side: side, points: Self.percentiles(of: $0.histogram)) }
        }
        title = "\(label), by percentile"
        xLabel = "percentile"
        yLabel = "ms"
        let names = ["0", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"]
        let most = lines.flatMap(\.points).map(\.x).max() ?? 1
        xTicks = names.enumerated().filter { Double($0.offset) <= max(1, most) }.map { (Double($0.offset), $0.element) }
    }

    /// Points over −log₁₀(1 − p), as far as there are requests to tell of.
    static func percentiles(of histogram: Histogram) -> [(x: Double, y: Double)] {
        let stepsPerDecade = 20
        return (0...6 * stepsPerDecade).compactMap { step in
            let x = Double(step) / Double(stepsPerDecade)
            let left = pow(10, -x)
            guard left * Double(histogram.count) >= 1 else { return nil }
            return (x, Double(histogram.percentile(100 * (1 - left))) / 1e6)
        }
    }

    /// The servers' memory through the rounds.
    init(memoryOf findings: Findings) {
        title = "Server memory"
        xLabel = "seconds since the round began"
        yLabel = "resident MiB"
        lines = Self.lines(of: findings) { curve in
            curve.points.map { ($0.seconds, Double($0.usage.residentKiB) / 1024) }
        }
    }

    /// The servers' processor time through the rounds.
    init(timeOf findings: Findings) {
        title = "Server CPU"
        xLabel = "seconds since the round began"
        yLabel = "cores"
        lines = Self.lines(of: findings) { curve in curve.cores().map { ($0.seconds, $0.cores) } }
    }

    private static func lines(
        of findings: Findings, _ points: (UsageCurve) -> [(x: Double, y: Double)]
    ) -> [Line] {
        findings.sides.enumerated().flatMap { side, found in
            found.rounds.map { Line(side: side, points: points($0.usage)) }.filter { !$0.points.isEmpty }
        }
    }
}
