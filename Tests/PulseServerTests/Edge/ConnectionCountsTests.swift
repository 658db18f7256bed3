import NIOCore
import PulseModel
import PulseServer
import Synchronization
import Testing

@Suite struct ConnectionCountsTests {
    private let now = NIODeadline.now()
    private let ann = UserID("ann")!

    private func limits(_ change: (inout ConnectionLimits) -> Void) -> ConnectionLimits {
        var limits = ConnectionLimits()
        change(&limits)
        return limits
    }

    private func address(_ number: Int) -> IPAddress { IPAddress("192.0.2.\(number)")! }

    /// The serial of a connection that must be admitted.
    private func admit(_ counts: inout ConnectionCounts, from address: IPAddress? = nil) throws -> Int {
        guard case .admitted(let serial, nil) = counts.arrive(from: address, now: now, drop: {}) else {
            throw Refused()
        }
        return serial
    }

    private struct Refused: Error {}

    private func isEmpty(_ counts: ConnectionCounts) -> Bool {
        counts.totals == (0, 0, 0) && ConnectionCounts.State.allCases.allSatisfy { counts.count($0) == 0 }
    }

    private func shortage(_ arrival: ConnectionCounts.Arrival) -> Shortage? {
        if case .refused(let shortage) = arrival { shortage } else { nil }
    }

    @Test func `there are as many connections as there may be, and room again for each that ends`() throws {
        var counts = ConnectionCounts(limits: limits { $0.connections = 2 })
        let first = try admit(&counts)
        let second = try admit(&counts)
        #expect(shortage(counts.arrive(from: nil, now: now) {}) == .connections)
        counts.move(second, to: .webSocket)
        #expect(shortage(counts.arrive(from: nil, now: now) {}) == .connections)
        counts.end(first)
        counts.end(first)
        _ = try admit(&counts)
        #expect(shortage(counts.arrive(from: nil, now: now) {}) == .connections)
    }

    @Test func `so many are told that there is no room, the others just go`() {
        var counts = ConnectionCounts(limits: limits { $0.refusals = 2 })
        #expect((0..<3).map { _ in counts.beginRefusal() } == [true, true, false])
        counts.endRefusal()
        #expect((0..<2).map { _ in counts.beginRefusal() } == [true, false])
    }

    @Test func `an address is counted whether it is the peer's or what a proxy says`() throws {
        var counts = ConnectionCounts(limits: limits { $0.connectionsPerAddress = 2 })
        let first = try admit(&counts, from: address(1))
        let second = try admit(&counts)
        #expect(counts.identify(second, as: address(1), now: now) == nil)
        #expect(shortage(counts.arrive(from: address(1), now: now) {}) == .address)
        let third = try admit(&counts)
        #expect(counts.identify(third, as: address(1), now: now) == .address)
        #expect(counts.identify(third, as: address(2), now: now) == nil)
        counts.end(first)
        _ = try admit(&counts, from: address(1))
    }

    @Test func `a connection that ended while it was decided on is nobody's`() throws {
        var counts = ConnectionCounts(limits: limits { $0.connectionsPerUser = 1 })
        let first = try admit(&counts)
        counts.end(first)
        #expect(counts.claim(first, for: ann) == nil)
        #expect(isEmpty(counts))
        let second = try admit(&counts)
        #expect(counts.claim(second, for: ann) == nil)
        let third = try admit(&counts)
        #expect(counts.claim(third, for: ann) == .user)
        counts.end(second)
        #expect(counts.claim(third, for: ann) == nil)
    }

    @Test func `the one that has been silent longest gives way, never one that came just now or has asked`() throws {
        let dropped = Mutex<[Int]>([])
        var counts = ConnectionCounts(limits: limits { $0.handshakes = 3 })
        for number in 0..<3 {
            let arrival = counts.arrive(from: nil, now: now + .milliseconds(Int64(number))) {
                dropped.withLock { $0.append(number) }
            }
            guard case .admitted(number, nil) = arrival else { throw Refused() }
        }
        #expect(counts.identify(0, as: nil, now: now) == nil)
        #expect(shortage(counts.arrive(from: nil, now: now + .milliseconds(1_000)) {}) == .handshakes)
        for expected in [1, 2] {
            guard case .admitted(let serial, let drop?) = counts.arrive(from: nil, now: now + .seconds(2), drop: {})
            else { throw Refused() }
            drop()
            #expect(dropped.withLock { $0.last } == expected)
            #expect(counts.identify(serial, as: nil, now: now) == nil)
            #expect(counts.count(.handshake) == 3)
        }
        #expect(shortage(counts.arrive(from: nil, now: now + .seconds(60)) {}) == .handshakes)
        counts.move(0, to: .webSocket)
        _ = try admit(&counts)
    }

    /// Connections that arrive, ask, are let in or refused, and end, in any order, some of them twice.
    @Test(arguments: 0..<20)
    func `whatever becomes of connections, when all have ended nothing is counted`(seed: UInt64) {
        var random = Random(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let limits = limits {
            $0.connections = 60
            $0.connectionsPerAddress = 15
            $0.connectionsPerUser = 10
            $0.handshakes = 20
        }
        var counts = ConnectionCounts(limits: limits)
        var open: Set<Int> = []
        var time = now
        for _ in 0..<5_000 {
            time = time + .milliseconds(5)
            let serial = open.sorted().randomElement(using: &random) ?? 0
            let address = Bool.random(using: &random) ? self.address(.random(in: 0..<6, using: &random)) : nil
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                if case .admitted(let serial, _) = counts.arrive(from: address, now: time, drop: {}) {
                    open.insert(serial)
                }
            case 2: _ = counts.identify(serial, as: address, now: time)
            case 3: _ = counts.claim(serial, for: UserID("\(Int.random(in: 0..<8, using: &random))")!)
            case 4: counts.move(serial, to: ConnectionCounts.State.allCases.randomElement(using: &random)!)
            default:
                counts.end(serial)
                if Bool.random(using: &random) { counts.end(serial) }
                open.remove(serial)
            }
            #expect(counts.totals.connections == open.count && open.count <= limits.connections)
            #expect(ConnectionCounts.State.allCases.map { counts.count($0) }.reduce(0, +) == open.count)
        }
        #expect(counts.totals.addresses > 0 && counts.totals.users > 0)
        for serial in open { counts.end(serial) }
        #expect(isEmpty(counts))
    }

    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}

@Suite struct FileBudgetTests {
    @Test(arguments: [
        (1_048_576, 100_000, 100_000, 1_024), (1_024, 100_000, 672, 96), (1_024, 100, 100, 96), (128, 100_000, 56, 8),
        (20, 100_000, 1, 1),
    ])
    func `sockets leave files for the store, and room to say that there is none`(
        files: Int, limit: Int, connections: Int, refusals: Int
    ) {
        var limits = ConnectionLimits()
        limits.connections = limit
        let budget = FileBudget(files: files, limits: limits)
        #expect(budget.connections == connections)
        #expect(budget.refusals == refusals)
    }

    @Test func `a process may open files`() {
        #expect(FileBudget.filesOfProcess() >= 64)
    }
}
