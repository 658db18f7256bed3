import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseSQLite
import Synchronization
import Testing

@Suite struct WriteQueueTests {
    /// A store in a directory of its own that goes away with it.
    private final class Home: Sendable {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "pulse-queue-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        func open() throws -> SQLiteStore { try SQLiteStore(path: path + "/log.sqlite", schema: Fixture.schema) }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// What happened, in order.
    private final class Journal: Sendable {
        private let noted = Mutex<[String]>([])
        var lines: [String] { noted.withLock(\.self) }
        func note(_ line: String) { noted.withLock { $0.append(line) } }
    }

    private func queue(
        _ store: any ChangeStore, committed: @escaping @Sendable (Commit) -> Void = { _ in }
    ) -> WriteQueue {
        WriteQueue(
            schema: Fixture.schema, store: store, clock: { Fixture.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            committed: committed)
    }

    private func batch(_ ids: Int..., payload: String = #""title":"A""#) throws -> WriteBatch {
        WriteBatch(
            author: .client(Fixture.ann),
            writes: try ids.map { try Fixture.write(payload, to: $0) })
    }

    @Test func outcomesComeInOrderAndBeforeTheirCommit() async throws {
        let home = try Home()
        let journal = Journal()
        let queue = queue(try home.open()) { journal.note("commit \($0.versions)") }
        for id in 1...3 {
            try queue.submit(try batch(id, id + 10)) { result in
                let versions = (try? result.get())?.compactMap { $0.accepted?.version.description } ?? []
                journal.note("done " + versions.joined(separator: ","))
            }
        }
        await queue.close()
        let lines = journal.lines
        #expect(lines.filter { $0.hasPrefix("done") } == ["done 1,2", "done 3,4", "done 5,6"])
        let last = try #require(lines.last)
        #expect(last.hasPrefix("commit") && last.hasSuffix("6"))
        #expect(lines[0] == "done 1,2")
    }

    @Test func manySubmittersAtOnceGetVersionsWithoutAGap() async throws {
        let home = try Home()
        let store = try home.open()
        let commits = Journal()
        let queue = queue(store) { commits.note("\($0.versions.lowerBound) \($0.versions.upperBound)") }
        let versions = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for submitter in 0..<16 {
                group.addTask {
                    var versions: [Int64] = []
                    for round in 0..<20 {
                        let batch = try self.batch(submitter * 1_000 + round, submitter * 1_000 + 500 + round)
                        versions += try await queue.write(batch).compactMap { $0.accepted?.version.number }
                    }
                    return versions
                }
            }
            return try await group.reduce(into: [Int64]()) { all, versions in
                #expect(versions == versions.sorted())
                all += versions
            }
        }
        await queue.close()
        #expect(versions.sorted() == Array(1...640))
        #expect(try await store.head() == Version(640))
        var next = Version(1)
        for line in commits.lines {
            let bounds = line.split(separator: " ").map { Version(Int64($0)!) }
            #expect(bounds[0] == next)
            next = bounds[1].next
        }
        #expect(next == Version(641))
    }

    @Test func anUploadRepeatedAfterARestartIsARepeat() async throws {
        let home = try Home()
        var stored: Record?
        do {
            let queue = queue(try home.open())
            stored = try await queue.write(try batch(1))[0].accepted
            await queue.close()
        }
        let queue = queue(try home.open())
        #expect(try await queue.write(try batch(1))[0].repeated == stored)
        #expect(try await queue.write(try batch(1, payload: #""title":"B""#))[0].conflict == stored)
        await queue.close()
    }

    @Test func whatDoesNotFitIsRefusedAtOnceAndTheRestIsWritten() async throws {
        let home = try Home()
        let gate = Gate(store: try home.open())
        let queue = queue(gate)
        let answered = Journal()
        func submit(_ writes: Int, from first: Int) throws {
            let write = try Fixture.write(#""title":"A""#, to: first)
            let batch = WriteBatch(
                author: .client(Fixture.ann), writes: Array(repeating: write, count: writes))
            try queue.submit(batch) { _ in answered.note("answered") }
        }
        try submit(1, from: 1)
        await gate.hasCommit()
        try submit(QueueLimits().writes - 1, from: 2)
        #expect { try submit(2, from: 3) } throws: { if case WriteError.busy = $0 { true } else { false } }
        try submit(1, from: 4)
        gate.open()
        await queue.close()
        #expect(answered.lines.count == 3)
        #expect(try await gate.store.head() == Version(3))
    }

    @Test func closingWaitsForAllThatWasTakenAndRefusesTheRest() async throws {
        let home = try Home()
        let gate = Gate(store: try home.open())
        let queue = queue(gate)
        let journal = Journal()
        for id in 1...5 { try queue.submit(try batch(id)) { _ in journal.note("\(id)") } }
        await gate.hasCommit()
        async let closed: Void = queue.close()
        while true {
            do {
                try queue.submit(try batch(99)) { _ in journal.note("late") }
            } catch WriteError.closed {
                break
            }
            await Task.yield()
        }
        #expect(journal.lines.isEmpty)
        gate.open()
        await closed
        #expect(journal.lines.prefix(5) == ["1", "2", "3", "4", "5"])
        await queue.close()
    }

    @Test func aStoreThatFailsFailsItsGroupAndTheNextGroupIsWritten() async throws {
        let home = try Home()
        let gate = Gate(store: try home.open())
        let commits = Journal()
        let queue = queue(gate) { commits.note("\($0.versions.lowerBound)...\($0.versions.upperBound)") }
        gate.failures.withLock { $0 = 2 }
        gate.open()
        for _ in 0..<2 {
            await #expect {
                try await queue.write(try batch(1))
            } throws: {
                if case WriteError.unavailable(let error) = $0 { error.code == .unavailable } else { false }
            }
        }
        #expect(commits.lines.isEmpty)
        #expect(try await queue.write(try batch(1))[0].accepted?.version == Version(1))
        await queue.close()
        #expect(commits.lines == ["1...1"])
    }

    @Test func everyBatchOfAGroupThatFailsHearsOfIt() async throws {
        let home = try Home()
        let gate = Gate(store: try home.open())
        let queue = queue(gate)
        let journal = Journal()
        func submit(_ id: Int) throws {
            try queue.submit(try batch(id)) { result in
                if case .success = result { journal.note("\(id) written") } else { journal.note("\(id) failed") }
            }
        }
        try submit(1)
        await gate.hasCommit()
        for id in 2...4 { try submit(id) }
        gate.failures.withLock { $0 = 2 }
        gate.open()
        await queue.close()
        #expect(journal.lines == ["1 failed", "2 failed", "3 failed", "4 failed"])
    }

    @Test func aGroupThatChangesNothingIsNotTold() async throws {
        let home = try Home()
        let told = Journal()
        let queue = queue(try home.open()) { _ in told.note("told") }
        _ = try await queue.write(try batch(1))
        #expect(try await queue.write(try batch(1))[0].repeated != nil)
        await queue.close()
        #expect(told.lines.count == 1)
    }
}

extension WriteQueueTests {
    @Test func aBatchTooLargeForOneCommitTakesSeveralAndIsAnsweredOnce() async throws {
        let home = try Home()
        let journal = Journal()
        let queue = queue(Narrow(store: try home.open(), width: 2)) { commit in
            journal.note("commit \(commit.versions.lowerBound)...\(commit.versions.upperBound)")
        }
        try queue.submit(try batch(1, 2, 3, 4, 5, 1, 6)) { result in
            let versions = (try? result.get())?.compactMap { $0.accepted?.version.description } ?? []
            journal.note("done " + versions.joined(separator: ","))
        }
        await queue.close()
        // The second write of record 1 has the same base and the same values as the first: it is a repetition.
        #expect(journal.lines.first == "done 1,2,3,4,5,6")
        #expect(journal.lines.dropFirst() == ["commit 1...1", "commit 2...3", "commit 4...5", "commit 6...6"])
    }

    @Test func anAtomicBatchTooLargeForOneCommitIsRefusedWholeAndOthersAreWritten() async throws {
        let home = try Home()
        let store = try home.open()
        let queue = queue(Narrow(store: store, width: 2))
        let journal = Journal()
        let atomic = WriteBatch(
            author: .client(Fixture.ann), writes: try (1...3).map { try Fixture.write(#""title":"A""#, to: $0) },
            isAtomic: true)
        for (name, batch) in [("first", try batch(11)), ("atomic", atomic), ("last", try batch(12))] {
            try queue.submit(batch) { result in
                switch result {
                case .success: journal.note("\(name) written")
                case .failure(.tooLarge): journal.note("\(name) too large")
                case .failure(let error): journal.note("\(name) \(error)")
                }
            }
        }
        await queue.close()
        #expect(journal.lines == ["first written", "atomic too large", "last written"])
        #expect(try await store.head() == Version(2))
        #expect(try await store.record(Fixture.key(1)) == nil)
    }

    @Test func whatOfALargeBatchIsDurableIsToldThoughTheRestFails() async throws {
        let home = try Home()
        let journal = Journal()
        let store = Narrow(store: try home.open(), width: 1, commits: 1)
        let queue = queue(store) { journal.note("commit \($0.versions.upperBound)") }
        await #expect(throws: WriteError.self) { try await queue.write(try batch(1, 2)) }
        await queue.close()
        #expect(journal.lines == ["commit 1"])
    }
}

/// A store that takes few records at a time, and after some commits none.
private final class Narrow: ChangeStore {
    private let store: SQLiteStore
    private let width: Int
    private let commits: Mutex<Int>

    init(store: SQLiteStore, width: Int, commits: Int = .max) {
        self.store = store
        self.width = width
        self.commits = Mutex(commits)
    }

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide: @escaping @Sendable (LogHead, [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        guard keys.count <= width else { throw StoreError(.tooLarge, "more than \(width) records") }
        let isOpen = commits.withLock { commits in
            commits -= 1
            return commits >= 0
        }
        guard isOpen else { throw StoreError(.unavailable, "closed") }
        return try await store.commit(loading: keys, deciding: decide)
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version { try await store.version(at: stamp) }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage { try await store.read(query) }
    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }

    func head() async throws(StoreError) -> Version { try await store.head() }
    func position() async throws(StoreError) -> LogPosition { try await store.position() }
    func record(_ key: RecordKey) async throws(StoreError) -> Record? { try await store.record(key) }
}

/// A store whose commits wait until the gate is opened, and then fail a few times if they are told to.
private final class Gate: ChangeStore {
    let store: SQLiteStore
    let failures = Mutex(0)
    private let opened: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation
    private let arrived: AsyncStream<Void>
    private let arriving: AsyncStream<Void>.Continuation

    init(store: SQLiteStore) {
        self.store = store
        (opened, opening) = AsyncStream.makeStream()
        (arrived, arriving) = AsyncStream.makeStream()
    }

    func open() { opening.finish() }

    /// Returns when a commit waits at the gate.
    func hasCommit() async {
        for await _ in arrived { return }
    }

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide: @escaping @Sendable (LogHead, [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        arriving.yield()
        for await _ in opened {}
        let mustFail = failures.withLock { failures in
            guard failures > 0 else { return false }
            failures -= 1
            return true
        }
        if mustFail { throw StoreError(.unavailable, "The disk is full.") }
        return try await store.commit(loading: keys, deciding: decide)
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version { try await store.version(at: stamp) }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage { try await store.read(query) }
    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }

    func head() async throws(StoreError) -> Version { try await store.head() }
    func position() async throws(StoreError) -> LogPosition { try await store.position() }
    func record(_ key: RecordKey) async throws(StoreError) -> Record? { try await store.record(key) }
}
