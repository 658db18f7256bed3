import PulseEngine
import PulseModel
import Testing

/// The log, as the application's code follows it.
@Suite(.timeLimit(.minutes(1))) struct ChangeFeedTests {
    private let task = Fixture.task.name

    @Test func `A feed has what was there and what is written then, in order and once`() async throws {
        let test = try await TestEngine()
        let running = Task { try await test.engine.run() }
        defer { running.cancel() }
        for index in 0..<700 { try await test.records.create(task, in: .ann, ["title": .string("\(index)")]) }
        let feed = try await test.records.changes()
        let writing = Task {
            for index in 700..<900 { try await test.records.create(task, in: .bob, ["title": .string("\(index)")]) }
        }
        var versions: [Int64] = []
        for try await change in feed {
            versions.append(change.record.version.number)
            if versions.count == 900 { break }
        }
        try await writing.value
        #expect(versions == Array(1...900))
    }

    @Test func `A feed that is resumed at a cursor goes on behind it`() async throws {
        let test = try await TestEngine()
        let running = Task { try await test.engine.run() }
        defer { running.cancel() }
        for index in 0..<30 { try await test.records.create(task, in: .ann, ["title": .string("\(index)")]) }
        var seen: [Int64] = []
        var cursor: FeedCursor?
        while seen.count < 30 {
            var count = 0
            for try await change in try await test.records.changes(after: cursor) {
                seen.append(change.record.version.number)
                // As it comes back from a file.
                cursor = FeedCursor(String(describing: change.cursor))
                #expect(cursor == change.cursor)
                count += 1
                if count == 7 || seen.count == 30 { break }
            }
        }
        #expect(seen == Array(1...30))
    }

    @Test func `A feed has only the model and the scope asked for, tombstones too`() async throws {
        let test = try await TestEngine()
        let running = Task { try await test.engine.run() }
        defer { running.cancel() }
        let (ann, bob) = (Scope.ann, Scope.bob)
        try await test.records.create(task, in: ann, syncID: Fixture.id(1), [:])
        try await test.records.create(task, in: bob, syncID: Fixture.id(2), [:])
        try await test.records.create(Fixture.note.name, in: ann, syncID: Fixture.id(3), [:])
        try await test.records.hardDelete(task, Fixture.id(1))
        try await test.records.create(task, in: ann, syncID: Fixture.id(4), [:])
        func numbers(_ model: ModelName?, _ scope: Scope?, count: Int) async throws -> [UInt64] {
            var numbers: [UInt64] = []
            for try await change in try await test.records.changes(of: model, in: scope) {
                numbers.append((change.record.key.syncID.low & 0xff) + (change.record.state == .erased ? 100 : 0))
                if numbers.count == count { break }
            }
            return numbers
        }
        #expect(try await numbers(nil, nil, count: 4) == [2, 3, 101, 4])
        #expect(try await numbers(task, nil, count: 3) == [2, 101, 4])
        #expect(try await numbers(task, ann, count: 2) == [101, 4])
        #expect(try await numbers(nil, ann, count: 3) == [3, 101, 4])
    }

    @Test func `A feed hears of what another worker writes`() async throws {
        let test = try await TestEngine()
        let running = Task { try await test.engine.run() }
        defer { running.cancel() }
        let feed = try await test.records.changes()
        try await test.another().records.create(task, in: .ann, ["title": "A"])
        var iterator = feed.makeAsyncIterator()
        #expect(try await iterator.next()?.record.version == Version(1))
    }

    @Test func `A feed ends when its task is cancelled`() async throws {
        let test = try await TestEngine()
        let running = Task { try await test.engine.run() }
        defer { running.cancel() }
        let feed = try await test.records.changes()
        let reading = Task {
            var count = 0
            for try await _ in feed { count += 1 }
            return count
        }
        try await test.records.create(task, in: .ann, [:])
        reading.cancel()
        #expect(try await reading.value <= 1)
    }

    @Test func `A cursor of another store, one beyond the log and a text that is none are refused`() async throws {
        let test = try await TestEngine()
        let epoch = try await test.store.position().epoch
        for cursor in [FeedCursor(epoch: .random(), version: .zero), FeedCursor(epoch: epoch, version: Version(1))] {
            await #expect(throws: FeedError.self) { try await test.records.changes(after: cursor) }
        }
        await #expect(throws: FeedError.self) { try await test.records.changes(of: ModelName("tusk")!) }
        for text in [
            "", "1", ":1", "\(epoch)", "\(epoch):", "\(epoch):-1", "\(epoch):1:2", "\(epoch)0:1", "x\(epoch):1",
        ] {
            #expect(FeedCursor(text) == nil)
        }
    }
}
