import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Synchronization
import Testing

/// Records of known age, in a file of their own.
@Suite struct PurgerTests {
    private static let stock = ModelName("stock")!
    private static let schema = try! Schema([
        Model(collection: stock, audience: .user, synchronization: SynchronizationRules(retentionDays: 30)),
        Model(ModelName("task")!, audience: .user, fields: []),
    ]).served
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)

    private let directory: Directory
    private let store: SQLiteStore

    init() throws {
        directory = try Directory()
        store = try directory.store(Self.schema)
    }

    private func purger(at now: Timestamp = now, in store: SQLiteStore? = nil, days: Int? = nil) -> Purger {
        Purger(store ?? self.store, Retention(of: Self.schema, days: days)) { now }
    }

    /// Purges, and says how many records of the collection went.
    private func purge(by purger: Purger) async throws -> Int {
        var purged = 0
        try await purger.run { rule, count in if rule.model == Self.stock { purged += count } }
        return purged
    }

    private static func moment(daysAgo days: Int64) -> Timestamp {
        Timestamp(microseconds: now.microseconds - days * 86_400_000_000)
    }

    /// Writes a record for each number.
    private func write(
        _ numbers: Range<Int>, of model: ModelName = stock, _ state: Record.State, daysAgo days: Int64
    ) async throws {
        try await store.commit(loading: []) { head, _ in
            var stamp = max(HybridTime(Self.moment(daysAgo: days)), head.stamp)
            var version = head.version
            let records = numbers.map { number in
                stamp = stamp.next
                version = version.next
                return Record(
                    key: RecordKey(model: model, syncID: SyncID(high: 1, low: UInt64(number))), id: version.number,
                    version: version, stamp: stamp, scope: .user(UserID("1")!), state: state, fields: .none,
                    origin: .init(writer: nil, base: .zero), created: stamp.timestamp, updated: stamp.timestamp)
            }
            return (records, ())
        }
    }

    @Test func `A tombstone younger than the retention stays, and so does all that is live`() async throws {
        try await write(0..<3, .deleted, daysAgo: 31)
        try await write(3..<5, .live, daysAgo: 31)
        try await write(5..<8, of: ModelName("task")!, .erased, daysAgo: 31)
        try await write(8..<10, .erased, daysAgo: 30)
        try await write(10..<14, .deleted, daysAgo: 29)
        try await write(14..<15, .live, daysAgo: 0)
        #expect(try await purge(by: purger(at: Self.moment(daysAgo: 0))) == 3)
        #expect(try await store.log().map(\.version.number) == Array(4...15))
        #expect(try await store.floors().keys.map(\.text) == ["stock"])
        #expect(try await purge(by: purger(days: 28)) == 6)
        #expect(try await store.floor(of: Self.stock) == Version(14))
    }

    @Test func `A clock that is far ahead purges nothing, nor does a head that is`() async throws {
        try await write(0..<3, .deleted, daysAgo: 1)
        try await write(3..<4, .live, daysAgo: 0)
        #expect(try await purge(by: purger(at: Self.moment(daysAgo: -400))) == 0)
        try await write(4..<5, .live, daysAgo: -400)
        #expect(try await purge(by: purger()) == 0)
        #expect(try await purge(by: purger(at: Self.moment(daysAgo: 400))) == 0)
        #expect(try await purge(by: purger(at: Self.moment(daysAgo: -400))) == 3)
    }

    @Test func `A purge that is interrupted has purged whole steps, and the next one goes on`() async throws {
        let step = Purger.stepRecords
        try await write(0..<step * 3, .deleted, daysAgo: 40)
        try await write(step * 3..<step * 3 + 1, .live, daysAgo: 0)
        let purger = purger()
        let steps = Mutex<[Int]>([])
        let task = Task {
            try await purger.run(pausing: .seconds(600)) { rule, count in
                guard rule.model == Self.stock else { return }
                steps.withLock { $0.append(count) }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        try await task.value
        #expect(steps.withLock { $0 } == [step])
        let reopened = try directory.store(Self.schema)
        #expect(try await reopened.floor(of: Self.stock) == Version(Int64(step)))
        #expect(try await reopened.log().count == step * 2 + 1)
        #expect(try await purge(by: self.purger(in: reopened)) == step * 2)
        #expect(try await reopened.log().count == 1)
    }

    @Test func `To count changes nothing, and counts what a purge takes`() async throws {
        try await write(0..<700, .deleted, daysAgo: 40)
        try await write(700..<701, .live, daysAgo: 0)
        let before = try await store.log()
        var count = 0
        try await purger().count { count += $1 }
        #expect(count == 700)
        #expect(try await store.log() == before)
        #expect(try await store.floors().isEmpty)
        #expect(try await purge(by: purger()) == count)
    }

    @Test func `Two purge while others write and read: nobody misses a live record`() async throws {
        try await write(0..<4_000, .deleted, daysAgo: 40)
        try await write(4_000..<4_100, .live, daysAgo: 0)
        let other = try directory.store(Self.schema)
        let purged = try await withThrowingTaskGroup(of: Int.self) { group in
            for store in [store, other] { group.addTask { try await purge(by: purger(in: store)) } }
            group.addTask {
                for round in 0..<40 {
                    try await write(5_000 + round * 10..<5_010 + round * 10, .live, daysAgo: 0)
                    let log = try await store.log()
                    #expect(log.filter { $0.state == .live }.count == 100 + (round + 1) * 10)
                }
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(purged == 4_000)
        #expect(try await store.log().map(\.version.number) == Array(4_001...4_500))
        #expect(try await store.head() == Version(4_500))
    }

    @Test func `What pushes were answered goes with its own retention`() async throws {
        let push = ModelName("pulse_push")!
        try await write(0..<2, of: push, .live, daysAgo: 31)
        try await write(2..<4, of: push, .live, daysAgo: 0)
        try await purger().run { _, _ in }
        #expect(try await store.log().map(\.version.number) == [3, 4])
    }
}
