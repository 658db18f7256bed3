import PulseBench
import Testing

@Suite struct UsageCurveTests {
    @Test func `a long run keeps points from its beginning to its end, and not too many`() throws {
        var curve = UsageCurve()
        let samples = UsageCurve.maximumPoints * 5
        for sample in 0..<samples { curve.add(ProcessUsage(residentKiB: sample), at: Double(sample)) }
        #expect(curve.points.count <= UsageCurve.maximumPoints)
        #expect(curve.points.count > UsageCurve.maximumPoints / 3)
        #expect(curve.points.first?.seconds == 0)
        #expect(try #require(curve.points.last).seconds > Double(samples) * 0.99)
        let gaps = zip(curve.points, curve.points.dropFirst()).map { $1.seconds - $0.seconds }
        #expect(Set(gaps).count == 1)
    }

    @Test func `processor time becomes cores`() {
        var curve = UsageCurve()
        for tenth in 0..<10 {
            curve.add(ProcessUsage(cpuSeconds: Double(tenth) * 0.15), at: Double(tenth) * 0.1)
        }
        let cores = curve.cores(over: 5)
        #expect(cores.count == 5)
        #expect(cores.allSatisfy { abs($0.cores - 1.5) < 1e-9 })
        #expect(UsageCurve().cores().isEmpty)
    }
}
