import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseSQLite
import Synchronization
import Testing

@Suite struct ClockTests {
    // MARK: One worker's

    @Test func aClockFollowsTheWallClockButNoJumpAhead() {
        let clock = TestClock()
        let worker = WorkerClock(wall: { clock.wall }, elapsed: { .microseconds(clock.elapsed) })
        #expect(worker.now() == clock.real)
        clock.pass(1_000_000)
        #expect(worker.now() == clock.real)
        clock.setWall(ahead: 59_000_000)
        #expect(worker.now() == clock.wall)
        clock.setWall(ahead: 3_600_000_000)
        #expect(worker.now().microseconds == clock.real.microseconds + 60_000_000)
        clock.setWall(ahead: -3_600_000_000)
        #expect(worker.now() == clock.wall)
    }

    // MARK: Four workers'

    /// No stamp may be further ahead of the time that it really is: a jump of the wall clock, and a client's lead over it.
    private static let bound = WorkerClock.maximumLead + GroupPlan.maximumLead + .seconds(1)
    private static let model = try! Model(collection: ModelName("item")!, audience: .user)
    private static let schema = try! Schema([model])

    @Test func aMillionStampsAreUniqueAndOrderedAsVersionsAre() {
        var random = Seeded(7)
        let clocks = (0..<4).map { _ in TestClock() }
        let workers = clocks.map { clock in
            WorkerClock(wall: { clock.wall }, elapsed: { .microseconds(clock.elapsed) })
        }
        var head = LogHead.zero
        var greatestLead: Int64 = 0
        var backwards = 0
        var refused = 0
        var lastReading = Timestamp(microseconds: 0)
        while head.version < Version(1_000_000) {
            let passed = Int64(random.upTo(400_000))
            for clock in clocks {
                clock.pass(passed)
                clock.disturb(&random)
            }
            let worker = random.upTo(3)
            let now = workers[worker].now()
            if now < lastReading { backwards += 1 }
            lastReading = now
            let writes = (0...random.upTo(400)).map { index in
                // Some clients are ahead of the clock, by less or more than they may be.
                let lead = Int64(random.upTo(80)) * 1_000_000
                let seen = HybridTime(Timestamp(microseconds: now.microseconds + lead))
                return Write(
                    key: RecordKey(
                        model: Self.model.name, syncID: SyncID(high: UInt64(head.version.number), low: UInt64(index))),
                    basis: random.once(in: 50) ? .stamp(seen) : .stamp(nil), scope: .ann,
                    action: .replace(FieldValues(deletedDocument: .number(1)), isDeleted: false))
            }
            let isAtomic = random.once(in: 4)
            let plan = GroupPlan(
                [WriteBatch(author: .client(Fixture.ann), writes: writes, isAtomic: isAtomic)], schema: Self.schema,
                head: head, records: [:], now: now)
            refused += plan.outcomes[0].count { $0.rejection != nil }
            for change in plan.changes {
                guard change.version == head.version.next, change.stamp > head.stamp else {
                    Issue.record("\(change.version) at \(change.stamp) follows \(head)")
                    return
                }
                head = LogHead(version: change.version, stamp: change.stamp)
            }
            let lead = head.stamp.timestamp.microseconds - clocks[0].real.microseconds
            greatestLead = max(greatestLead, lead)
        }
        #expect(greatestLead <= Int64(Self.bound / .microseconds(1)))
        #expect(greatestLead > 60_000_000 && backwards > 100 && refused > 100, "clocks that go well prove nothing")
    }

    @Test func fourWorkersOnOneFileStampAsOne() async throws {
        let path = NSTemporaryDirectory() + "pulse-clock-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let greatestReal = Mutex(Int64(0))
        let note = Fixture.note
        let user = Scope.ann
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                let store = try SQLiteStore(path: path, schema: Schema([note]).served)
                let clock = TestClock()
                let random = Mutex(Seeded(UInt64(number)))
                let worker = WorkerClock(wall: { clock.wall }, elapsed: { .microseconds(clock.elapsed) })
                let engine = try await SyncEngine(
                    schema: Schema([note]), hooks: [:], store: store, eventLoops: [],
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    clock: {
                        random.withLock { random in
                            clock.pass(Int64(random.upTo(400_000)))
                            clock.disturb(&random)
                        }
                        greatestReal.withLock { $0 = max($0, clock.real.microseconds) }
                        return worker.now()
                    })
                group.addTask {
                    for index in 0..<150 {
                        try await engine.records.commit(
                            (0..<5).map { .create(note.name, in: user, ["title": .string("\(number) \(index) \($0)")]) }
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try SQLiteStore(path: path, schema: Schema([note]).served)
        let log = try await store.read(
            LogQuery(.everything(after: .zero), upTo: store.head(), maximumRecords: 5_000, maximumBytes: 64 << 20)
        ).records
        #expect(log.map(\.version.number) == Array(1...3_000))
        #expect(zip(log, log.dropFirst()).allSatisfy { $0.stamp < $1.stamp })
        let lead = try #require(log.last).stamp.timestamp.microseconds - greatestReal.withLock(\.self)
        #expect(lead <= Int64(Self.bound / .microseconds(1)))
        for record in log.shuffled().prefix(50) {
            #expect(try await store.version(at: record.stamp) == record.version)
        }
    }
}

/// The real time, and a wall clock beside it that jumps, stalls and runs backwards.
private final class TestClock: Sendable {
    private struct State {
        var elapsed: Int64 = 0
        var lead: Int64 = 0
        /// How the wall clock's microseconds pass while one really does: 1, 0 or -1.
        var pace: Int64 = 1
    }

    private static let beginning: Int64 = 1_790_000_000_000_000
    private let state = Mutex(State())

    var elapsed: Int64 { state.withLock { $0.elapsed } }
    var real: Timestamp { Timestamp(microseconds: Self.beginning + elapsed) }
    var wall: Timestamp { state.withLock { Timestamp(microseconds: Self.beginning + $0.elapsed + $0.lead) } }

    func pass(_ microseconds: Int64) {
        state.withLock { state in
            state.elapsed += microseconds
            state.lead += (state.pace - 1) * microseconds
        }
    }

    func setWall(ahead microseconds: Int64) {
        state.withLock { $0.lead = microseconds }
    }

    func disturb(_ random: inout Seeded) {
        switch random.upTo(60) {
        case 0: setWall(ahead: Int64(random.upTo(7_200)) * 1_000_000 - 3_600_000_000)
        case 1: setWall(ahead: 0)
        case 2: state.withLock { $0.pace = 0 }
        case 3: state.withLock { $0.pace = -1 }
        case 4, 5: state.withLock { $0.pace = 1 }
        default: break
        }
    }
}
