import PulseEngine
import PulseModel
import Synchronization

extension StoreConformance {
    static let concurrencyCases = [
        Case("Eight writers at once take versions that are unique, gapless and in the order of their commits") {
            store in
            try await ConcurrentWriters().run(over: [store], taskCount: 8, groupCount: 200)
        },
        Case("A reader sees what was committed before it asked") { store in
            for index in 0..<200 {
                let draft = Draft(index % 50, in: user("1"), title: "\(index)")
                let record = try await store.write([draft])[0]
                let head = record.version
                try expect(try await store.head(), is: head, "the head")
                try expect(try await store.record(draft.key), is: record, "the record")
                let after = Version(head.number - 1)
                try expect(try await store.walk(.everything(after: after), upTo: head), are: [record], "the log's end")
                let lane = LogQuery.Lane(model: task, scope: user("1"), after: after)
                try expect(try await store.walk(.lanes([lane]), upTo: head), are: [record], "the lane's end")
            }
        },
    ]

    /// Examines several stores over one log, as several workers have them.
    ///
    /// - Throws: ``Failure`` when versions are not unique, gapless and in commit order, or when a reader sees a version
    ///   before one below it.
    public static func examineWorkers(_ stores: [any ChangeStore], taskCount: Int, groupCount: Int) async throws {
        try await ConcurrentWriters().run(over: stores, taskCount: taskCount, groupCount: groupCount)
    }
}

/// Writers and readers that keep book of what they wrote and saw, so that it can be checked when all is over.
private final class ConcurrentWriters: Sendable {
    /// What a reader saw behind one version, up to a head.
    private struct Sight: Sendable {
        let after: Version
        let head: Version
        let versions: Set<Version>
    }

    private struct Book: Sendable {
        var records: [Record] = []
        /// The first and last versions of each group.
        var groups: [ClosedRange<Version>] = []
        var durable = Version.zero
        var sights: [Sight] = []
        var writersAtWork = 0
    }

    private let book = Mutex(Book())

    func run(over stores: [any ChangeStore], taskCount: Int, groupCount: Int) async throws {
        book.withLock { $0.writersAtWork = taskCount }
        try await withThrowingTaskGroup { group in
            for task in 0..<taskCount {
                group.addTask {
                    defer { self.book.withLock { $0.writersAtWork -= 1 } }
                    try await self.write(as: task, to: stores[task % stores.count], groupCount: groupCount)
                }
            }
            for store in stores {
                group.addTask { try await self.follow(store) }
            }
            try await group.waitForAll()
        }
        try check()
        for store in stores { try await check(store) }
    }

    private func write(as task: Int, to store: any ChangeStore, groupCount: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(task))
        for index in 0..<groupCount {
            let drafts = (0..<Int.random(in: 1...3, using: &generator)).map { offset in
                // Two in three are new; one in three is of 20 records that all tasks write.
                let key =
                    Int.random(in: 0..<3, using: &generator) == 0
                    ? Int.random(in: 0..<20, using: &generator) : 1_000 + (task * groupCount + index) * 3 + offset
                return Draft(key, in: StoreConformance.user("\(key % 4)"), title: "\(task)-\(index)-\(offset)")
            }
            let durable = book.withLock(\.durable)
            let records = try await store.write(drafts)
            let first = records[0].version
            let last = records[records.count - 1].version
            try expect(first > durable, "\(first) was committed after \(durable) was durable, and is above it")
            book.withLock {
                $0.records += records
                $0.groups.append(first...last)
                $0.durable = max($0.durable, last)
            }
        }
    }

    /// Reads on from where it stands, until all writers are done.
    private func follow(_ store: any ChangeStore) async throws {
        var position = Version.zero
        var isOver = false
        while !isOver {
            isOver = book.withLock { $0.writersAtWork == 0 }
            let durable = book.withLock(\.durable)
            let head = try await store.head()
            try expect(head >= durable, "the head \(head) is not below \(durable), which was durable already")
            let records = try await store.walk(.everything(after: position), upTo: head, maximumRecords: 50)
            let sight = Sight(after: position, head: head, versions: Set(records.map(\.version)))
            book.withLock { $0.sights.append(sight) }
            position = head
            await Task.yield()
        }
    }

    private func check() throws {
        let book = book.withLock { $0 }
        let records = book.records.sorted { $0.version < $1.version }
        try expect(records.map(\.version.number) == Array(1...Int64(records.count)), "versions are unique and gapless")
        var last: [RecordKey: Version] = [:]
        for record in records { last[record.key] = record.version }
        let ends = Set(book.groups.map(\.upperBound))
        for sight in book.sights where sight.head > .zero {
            try expect(ends.contains(sight.head), "the head \(sight.head) is the end of a commit: none is seen in part")
        }
        for sight in book.sights where sight.after < sight.head {
            for number in (sight.after.number + 1)...sight.head.number where !sight.versions.contains(Version(number)) {
                let record = records[Int(number) - 1]
                try expect(
                    last[record.key]! > record.version,
                    "a reader that sees version \(sight.head) sees version \(number) too")
            }
        }
    }

    private func check(_ store: any ChangeStore) async throws {
        let written = book.withLock(\.records).sorted { $0.version < $1.version }
        var last: [RecordKey: Record] = [:]
        for record in written { last[record.key] = record }
        let expected = last.values.sorted { $0.version < $1.version }
        let head = Version(Int64(written.count))
        try expect(try await store.head(), is: head, "the head in the end")
        let log = try await store.walk(.everything(after: .zero), upTo: head)
        try expect(log.map(\.version) == expected.map(\.version), "the log has each record once, at its last version")
        try expect(log, are: expected, "the log in the end")
    }
}
