import Foundation
import Testing

/// The property that all of this is for: whatever is lost, repeated, late or cut off, every client ends up with what
/// the store has, was sent nothing that is not its own, and was told nothing that is not so.
@Suite struct WorldTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let firstSeed = environment["PULSE_SEED"].flatMap { UInt64($0) } ?? 1
    private static let runs = environment["PULSE_RUNS"].flatMap { Int($0) } ?? 3_000
    private static let steps = 600

    @Test func everyClientConvergesWhateverHappens() async {
        var counts: [String: Int] = [:]
        for seed in Self.firstSeed..<Self.firstSeed + UInt64(Self.runs) {
            let world = World(seed: seed)
            if let fault = world.run(steps: Self.steps) {
                Issue.record("PULSE_SEED=\(seed) PULSE_RUNS=1: \(fault)")
                return
            }
            counts.merge(world.counts, uniquingKeysWith: +)
            // Other tests share these threads, and some of them look at clocks.
            await Task.yield()
        }
        print("\(Self.runs) runs: \(counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })")
    }

    @Test(arguments: Mutant.allCases) func aMistakeIsNoticed(_ mutant: Mutant) async {
        for seed in UInt64(1)...20_000 {
            if let fault = World(seed: seed, mutant: mutant).run(steps: Self.steps) {
                print("\(mutant) is noticed at seed \(seed): \(fault)")
                return
            }
            await Task.yield()
        }
        Issue.record("\(mutant) is not noticed")
    }
}
