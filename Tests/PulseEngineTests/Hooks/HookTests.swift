import PulseEngine
import PulseModel
import PulseWire
import Synchronization
import Testing

/// The application's own code on the way of an upload.
@Suite(.timeLimit(.minutes(1))) struct HookTests {
    private let task = Fixture.task.name

    private func engine(
        deadline: Duration = .seconds(20), _ incoming: @escaping @Sendable (inout IncomingChange) async throws -> Void
    ) async throws -> TestEngine {
        try await TestEngine(hooks: [task: ModelHooks(incoming: incoming, deadline: deadline)])
    }

    /// Uploads through the hook, as a session does.
    private func upload(
        _ payloads: [String], to test: TestEngine, by identity: Identity = Fixture.ann
    ) async throws -> [Result<WriteOutcome, ItemError>] {
        let writes = try payloads.enumerated().map { try Fixture.write($1, to: $0, by: identity) }
        let passed = try await test.engine.pass(writes, of: Fixture.task, by: identity)
        var outcomes: [Result<WriteOutcome, ItemError>] = []
        for write in passed {
            switch write {
            case .failure(let error): outcomes.append(.failure(error))
            case .success(let write):
                let outcome = await withCheckedContinuation { continuation in
                    do throws(WriteError) {
                        try test.engine.submit(WriteBatch(author: .client(identity), writes: [write])) {
                            continuation.resume(returning: $0)
                        }
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
                outcomes.append(.success(try outcome.get()[0]))
            }
        }
        return outcomes
    }

    @Test func `A hook refuses one item with a message, and lets the others pass`() async throws {
        let test = try await engine { change in
            if change.fields["title"]?.text == "" { throw Rejection("title: must not be empty") }
        }
        let outcomes = try await upload([#""title":"A""#, #""done":true"#, #""title":"C""#], to: test)
        #expect(try outcomes[0].get().accepted != nil)
        #expect(throws: ItemError("title: must not be empty")) { try outcomes[1].get() }
        #expect(try outcomes[2].get().accepted != nil)
        #expect(try await test.store.head() == Version(2))
    }

    @Test func `A hook sees who, what is stored, and the record as it would be`() async throws {
        let seen = Mutex<[IncomingChange]>([])
        let test = try await engine { change in seen.withLock { [change] in $0.append(change) } }
        let first = try await upload([#""title":"A","count":5"#], to: test)[0].get().accepted
        _ = try await upload([#""version":1,"done":1,"is_deleted":1"#], to: test)
        let changes = seen.withLock(\.self)
        #expect(changes.map(\.identity) == [Fixture.ann, Fixture.ann])
        #expect(changes[0].stored == nil)
        #expect(changes[0].fields["done"] == .bool(false))
        #expect(changes[1].stored == first)
        #expect(changes[1].base == Version(1))
        #expect(changes[1].isDeleted)
        #expect(changes[1].fields["title"] == "A")
        #expect(changes[1].fields["done"] == .bool(true))
    }

    @Test func `What a hook computes is stored, in read-only fields too`() async throws {
        let test = try await engine { change in
            change.values["title"] = .string(change.fields["title"]!.text!.uppercased())
            change.values["stamp"] = .string("seen")
        }
        let record = try #require(try await upload([#""title":"a","stamp":"mine""#], to: test)[0].get().accepted)
        #expect(record.fields["title"] == "A")
        #expect(record.fields["stamp"] == "seen")
    }

    @Test func `An upload is known again although the hook computes something else for it`() async throws {
        let count = Mutex(0)
        let test = try await engine { change in
            let number = count.withLock { count in
                count += 1
                return count
            }
            change.values["stamp"] = .string("computed \(number)")
        }
        let first = try await upload([#""title":"a""#], to: test)[0].get().accepted
        #expect(try await upload([#""title":"a""#], to: test)[0].get().repeated == first)
        _ = try await upload([#""title":"b","version":1"#], to: test)
        let again = try await upload([#""title":"b","version":1"#], to: test)[0].get()
        #expect(again.repeated?.version == Version(2))
    }

    @Test func `A hook that throws anything else fails its item, without a word of what it was`() async throws {
        struct Secret: Error {}
        let test = try await engine { _ in throw Secret() }
        await #expect(throws: ItemError("The server could not check this record.")) {
            try await upload([#""title":"A""#], to: test)[0].get()
        }
        #expect(try await test.store.head() == .zero)
    }

    @Test func `A hook that asks for what the schema does not allow fails its item`() async throws {
        for values: [String: JSONValue] in [["titel": "A"], ["title": 1], ["done": .null]] {
            let test = try await engine { $0.values = values }
            await #expect(throws: ItemError.self) { try await upload([#""title":"A""#], to: test)[0].get() }
            #expect(try await test.store.head() == .zero)
        }
    }

    @Test func `A hook that stalls fails its item at the deadline, even if it cannot be cancelled`() async throws {
        let gate = Mutex<[CheckedContinuation<Void, Never>]>([])
        let test = try await engine(deadline: .milliseconds(50)) { change in
            if change.fields["title"]?.text == "stalls" {
                await withCheckedContinuation { continuation in gate.withLock { $0.append(continuation) } }
            }
        }
        let outcomes = try await upload([#""title":"stalls""#, #""title":"B""#], to: test)
        #expect(throws: ItemError.self) { try outcomes[0].get() }
        #expect(try outcomes[1].get().accepted != nil)
        for continuation in gate.withLock(\.self) { continuation.resume() }
    }

    @Test func `A hook is not asked about a record that the client may not touch`() async throws {
        let count = Mutex(0)
        let test = try await engine { _ in count.withLock { $0 += 1 } }
        try await test.records.create(task, in: .bob, syncID: Fixture.id(0), ["title": "B"])
        let outcome = try await upload([#""title":"A""#], to: test)[0].get()
        #expect(outcome.rejection == "sync_id: cannot be used here")
        #expect(count.withLock(\.self) == 0)
    }

    @Test func `Items pass the hook in any order and come back in theirs`() async throws {
        let test = try await engine { change in
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...5)))
            change.values["stamp"] = .string(change.fields["title"]!.text!)
        }
        let writes = try (0..<60).map { try Fixture.write(#""title":"\#($0)""#, to: $0) }
        let passed = try await test.engine.pass(writes, of: Fixture.task, by: Fixture.ann)
        #expect(try passed.map { try $0.get().key } == writes.map(\.key))
    }

    @Test func `Items of one record pass the hook one on top of the other`() async throws {
        let seen = Mutex<[String]>([])
        let test = try await engine { change in
            let title = change.fields["title"]!.text!
            seen.withLock { [change] in $0.append("\(title) \(change.fields["done"]!) \(change.isDeleted)") }
            if title == "" { throw Rejection("title: must not be empty") }
            change.values["title"] = .string(title.uppercased())
        }
        let writes = try [#""title":"a""#, #""done":true"#, #""title":"""#, #""is_deleted":true"#, #""count":1"#].map {
            try Fixture.write($0 + #","version":9"#, to: 1)
        }
        let passed = try await test.engine.pass(writes, of: Fixture.task, by: Fixture.ann)
        #expect(throws: ItemError("title: must not be empty")) { try passed[2].get() }
        #expect(passed.indices.filter { (try? passed[$0].get()) != nil } == [0, 1, 3, 4])
        #expect(
            seen.withLock(\.self) == [
                "a bool(false) false", "A bool(true) false", " bool(true) false", "A bool(true) true",
                "A bool(true) true",
            ])
    }

    @Test func `What a hook has let pass before a repeat it can know for one`() async throws {
        let seen = Mutex<[Bool]>([])
        let test = try await engine { change in seen.withLock { [change] in $0.append(change.mayBeRepeat) } }
        _ = try await upload([#""title":"A""#], to: test)
        _ = try await upload([#""title":"A""#], to: test)
        _ = try await upload([#""title":"B","version":1"#], to: test)
        #expect(seen.withLock(\.self) == [false, true, false])
    }

    @Test func `A store that does not answer makes the client send again`() async throws {
        let test = try await engine { _ in }
        let engine = try await SyncEngine(
            schema: Fixture.schema, hooks: [task: ModelHooks(incoming: { _ in })],
            store: AbsentStore(store: test.store),
            eventLoops: [], logger: .init(label: "test"))
        let write = try Fixture.write(#""title":"A""#)
        await #expect(throws: WriteError.self) { try await engine.pass([write], of: Fixture.task, by: Fixture.ann) }
    }

    // MARK: Access

    @Test func `Who may not access a model is let in without it`() async throws {
        let test = try await TestEngine(hooks: [
            Fixture.bulletin.name: ModelHooks(mayAccess: { $0.claims["role"] == "staff" })
        ])
        let staff = Identity(user: Fixture.ann.user, claims: ["role": "staff"])
        #expect(try await test.engine.admit(staff).withheld.isEmpty)
        let other = try await test.engine.admit(Fixture.ann)
        #expect(other.withheld == [Fixture.bulletin.name])
        #expect(Fixture.bulletin.scopes(of: other).isEmpty)
        #expect(Fixture.schema.model(forTable: "Bulletin", of: other) == nil)
        #expect(Fixture.schema.model(forTable: "Bulletin", of: staff) != nil)
    }

    @Test func `An access hook that fails keeps the client out for now`() async throws {
        struct Broken: Error {}
        for hook: @Sendable (Identity) async throws -> Bool in [
            { _ in throw Broken() },
            { _ in
                try await Task.sleep(for: .seconds(3_600))
                return true
            },
        ] {
            let test = try await TestEngine(hooks: [
                Fixture.bulletin.name: ModelHooks(mayAccess: hook, deadline: .milliseconds(20))
            ])
            let error = await #expect(throws: AuthenticationError.self) { try await test.engine.admit(Fixture.ann) }
            #expect(error?.isTemporary == true)
        }
    }
}

/// A store whose records cannot be read.
private struct AbsentStore: ChangeStore {
    let store: any ChangeStore

    func commit<Outcome: Sendable>(
        loading keys: Set<RecordKey>,
        deciding decide: @escaping @Sendable (LogHead, [RecordKey: Record]) -> (changes: [Record], Outcome)
    ) async throws(StoreError) -> Outcome {
        try await store.commit(loading: keys, deciding: decide)
    }

    func version(at stamp: HybridTime) async throws(StoreError) -> Version { try await store.version(at: stamp) }

    func read(_ query: LogQuery) async throws(StoreError) -> LogPage { try await store.read(query) }
    func head() async throws(StoreError) -> Version { try await store.head() }
    func position() async throws(StoreError) -> LogPosition { try await store.position() }

    func record(_ key: RecordKey) async throws(StoreError) -> Record? { throw StoreError(.unavailable, "away") }

    func fold<Result: Sendable>(
        _ selection: RecordSelection, into initial: Result,
        _ step: @escaping @Sendable (inout Result, Record) -> Bool
    ) async throws(StoreError) -> Result { try await store.fold(selection, into: initial, step) }
}
