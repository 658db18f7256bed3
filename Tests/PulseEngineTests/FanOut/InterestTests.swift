import PulseEngine
import PulseModel
import Synchronization
import Testing

@Suite struct InterestTests {
    private let bus = WantingBus()
    private let interest: Interest

    init() {
        interest = Interest(bus: bus)
    }

    @Test func aScopeIsAskedForWithItsFirstConnectionOnly() {
        interest.add([.ann, .global])
        interest.add([.ann, .global])
        #expect(bus.log == ["+u:1", "+*"])
    }

    @Test func aScopeThatLostItsLastConnectionIsKeptForAWhile() {
        interest.add([.ann])
        interest.add([.ann])
        interest.remove([.ann])
        interest.sweep()
        interest.sweep()
        interest.remove([.ann])
        interest.sweep()
        #expect(bus.log == ["+u:1"])
        #expect(interest.isWanted(.ann))
        interest.sweep()
        #expect(bus.log == ["+u:1", "-u:1"])
        #expect(!interest.isWanted(.ann))
    }

    @Test func aPhoneThatComesAndGoesCostsNothing() {
        let generation = interest.add([.ann])
        for _ in 0..<10 {
            interest.remove([.ann])
            interest.sweep()
            #expect(interest.add([.ann]) == generation)
        }
        #expect(bus.log == ["+u:1"])
    }

    @Test func whatIsMissingMattersWhereItIsWanted() {
        interest.add([.ann])
        #expect(interest.coverage(without: []) == interest.generation)
        #expect(interest.coverage(without: [.bob]) == interest.generation)
        #expect(interest.coverage(without: [.bob, .ann]) == nil)
    }

    @Test func aConnectionIsNotCoveredByWhatWasPutTogetherBeforeItsScopesWereWanted() throws {
        interest.add([.ann])
        let before = try #require(interest.coverage(without: [.bob]))
        let bob = interest.add([.ann, .bob])
        #expect(bob > before)
        #expect(interest.add([.ann]) <= before)
        interest.remove([.ann, .bob])
        interest.sweep()
        interest.sweep()
        let between = try #require(interest.coverage(without: [.bob]))
        #expect(bob <= between)
        #expect(interest.add([.bob]) > between)
    }

    @Test func idleScopesAreBounded() {
        for number in 0..<3 * Interest.maximumIdleScopes {
            let scope = Scope.user(UserID("u\(number)")!)
            interest.add([scope])
            interest.remove([scope])
        }
        #expect(bus.log.count { $0.hasPrefix("-") } >= Interest.maximumIdleScopes)
    }
}

/// Notes what it is asked for.
private final class WantingBus: ChangeBus {
    private let calls = Mutex<[String]>([])
    var log: [String] { calls.withLock(\.self) }

    func want(_ scope: Scope) { calls.withLock { $0.append("+" + scope.key) } }
    func unwant(_ scope: Scope) { calls.withLock { $0.append("-" + scope.key) } }
    func publish(_ commit: Commit) {}
    func run(_ receive: @Sendable (Commit) async -> Void) async {}
    var report: BusReport { BusReport() }
}
