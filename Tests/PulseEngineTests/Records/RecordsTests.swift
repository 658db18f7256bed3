import PulseEngine
import PulseModel
import Testing

/// Reads and writes of the application's own code.
@Suite struct RecordsTests {
    private let task = Fixture.task.name

    private func titles(_ records: [Record]) -> [String] { records.map { $0.fields["title"]?.text ?? "?" } }

    @Test func `A record is created, changed, deleted and gone`() async throws {
        let test = try await TestEngine()
        let records = test.records
        let created = try await records.create(task, in: .ann, ["title": "A"])
        #expect(created.version == Version(1))
        let changed = try await records.update(task, created.key.syncID, ["stamp": "by the server"])
        #expect(titles([changed]) == ["A"])
        #expect(changed.fields["stamp"]?.text == "by the server")
        #expect(try await records.softDelete(task, created.key.syncID).state == .deleted)
        #expect(try await records.fetch(task, created.key.syncID)?.state == .deleted)
        try await records.hardDelete(task, created.key.syncID)
        #expect(try await records.fetch(task, created.key.syncID) == nil)
        await #expect(throws: RecordsError.self) { try await records.hardDelete(task, created.key.syncID) }
    }

    @Test func `What is not there is not found, whatever is asked of it`() async throws {
        let test = try await TestEngine()
        let records = test.records
        await expectNotFound { try await records.update(task, Fixture.id(1), ["title": "A"]) }
        await expectNotFound { try await records.update(task, Fixture.id(1), from: Version(1), ["title": "A"]) }
        await expectNotFound { try await records.softDelete(task, Fixture.id(1)) }
        await expectNotFound { try await records.hardDelete(task, Fixture.id(1)) }
        await expectNotFound { try await records.update(task, Fixture.id(1)) { _ in ["title": "A"] } }
        try await records.create(task, in: .ann, syncID: Fixture.id(1), [:])
        try await records.hardDelete(task, Fixture.id(1))
        await expectNotFound { try await records.update(task, Fixture.id(1), ["title": "A"]) }
        await expectNotFound { try await records.update(task, Fixture.id(1), from: Version(1), ["title": "A"]) }
    }

    private func expectNotFound(
        _ call: () async throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        do {
            _ = try await call()
            Issue.record("It was found.", sourceLocation: sourceLocation)
        } catch RecordsError.notFound {
        } catch {
            Issue.record("\(error)", sourceLocation: sourceLocation)
        }
    }

    @Test func `An optimistic change fails with the record as it is when somebody was faster`() async throws {
        let test = try await TestEngine()
        let records = test.records
        let seen = try await records.create(task, in: .ann, ["title": "A"])
        let faster = try await records.update(task, seen.key.syncID, ["title": "B"])
        do {
            try await records.update(task, seen.key.syncID, from: seen.version, ["title": "C"])
            Issue.record("Nobody was faster.")
        } catch RecordsError.conflict(let current) {
            #expect(current == faster)
        }
    }

    @Test func `Changes by what is there are all counted, however many come at once`() async throws {
        let test = try await TestEngine()
        let records = test.records
        let id = try await records.create(task, in: .ann, ["title": "A", "count": 0]).key.syncID
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await records.update(Fixture.task.name, id) { record in
                        guard case .int(let count)? = record.fields["count"] else { return nil }
                        return ["count": .int(count + 1)]
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await records.fetch(task, id)?.fields["count"] == 40)
    }

    @Test func `Several changes are made in one commit, over several models, or none of them`() async throws {
        let test = try await TestEngine()
        let records = test.records
        let both = try await records.commit([
            .create(task, in: .ann, syncID: Fixture.id(1), ["title": "A"]),
            .create(Fixture.note.name, in: .bob, syncID: Fixture.id(2), ["title": "B"]),
            .update(task, Fixture.id(1), ["title": "A2"]),
        ])
        #expect(both.map(\.version.number) == [1, 2, 3])
        await expectNotFound {
            try await records.commit([
                .create(task, in: .ann, syncID: Fixture.id(3), ["title": "C"]),
                .update(Fixture.note.name, Fixture.id(2), ["title": "B2"]),
                .softDelete(task, Fixture.id(9)),
            ])
        }
        #expect(try await records.fetch(task, Fixture.id(3)) == nil)
        #expect(try await titles([records.fetch(Fixture.note.name, Fixture.id(2))!]) == ["B"])
        #expect(try await test.store.head() == Version(3))
        #expect(try await records.commit([]).isEmpty)
    }

    @Test func `What does not fit the schema is told, and nothing is written`() async throws {
        let test = try await TestEngine()
        let records = test.records
        for fields: [String: JSONValue] in [
            ["title": 1], ["titel": "A"], ["title": .string(String(repeating: "x", count: 41))],
        ] {
            await #expect(throws: RecordsError.self) { try await records.create(task, in: .ann, fields) }
        }
        await #expect(throws: RecordsError.self) { try await records.create(task, in: .global, ["title": "A"]) }
        await #expect(throws: RecordsError.self) { try await records.create(ModelName("tusk")!, in: .ann, [:]) }
        var query = RecordQuery(task)
        query.conditions = [.init("titel", .equal, "A")]
        await #expect(throws: RecordsError.self) { try await records.find(query) }
        query.conditions = [.init("count", .less, "A")]
        await #expect(throws: RecordsError.self) { try await records.find(query) }
        query.conditions = []
        query.order = [.init(.field("titel"))]
        await #expect(throws: RecordsError.self) { try await records.count(query) }
        #expect(try await test.store.head() == .zero)
    }

    // MARK: Queries

    /// Tasks of two users: titles, counts (null for each fifth), one soft-deleted, one gone.
    private func filled() async throws -> TestEngine {
        let test = try await TestEngine()
        for index in 0..<20 {
            try await test.records.create(
                task, in: index % 2 == 0 ? .ann : .bob, syncID: Fixture.id(index),
                [
                    "title": .string("t\(index % 7)"), "done": .bool(index % 3 == 0),
                    "count": index % 5 == 0 ? .null : .int(Int64(index * 7 % 20)),
                ])
        }
        try await test.records.softDelete(task, Fixture.id(4))
        try await test.records.hardDelete(task, Fixture.id(6))
        return test
    }

    private func numbers(_ records: [Record]) -> [Int] { records.map { Int($0.key.syncID.low & 0xff) } }

    @Test func `A query finds by scope, equality and range, in the order asked for`() async throws {
        let test = try await filled()
        let records = test.records
        var query = RecordQuery(task)
        #expect(try await numbers(records.find(query)) == (0..<20).filter { $0 != 4 && $0 != 6 })
        query.includesDeleted = true
        #expect(try await numbers(records.find(query)) == (0..<20).filter { $0 != 6 })
        query.includesDeleted = false
        query.scope = .ann
        #expect(try await numbers(records.find(query)) == [0, 2, 8, 10, 12, 14, 16, 18])
        query.conditions = [.init("title", .equal, "t2")]
        #expect(try await numbers(records.find(query)) == [2, 16])
        query.conditions = [.init("count", .equal, .null)]
        #expect(try await numbers(records.find(query)) == [0, 10])
        query.conditions = [.init("count", .greaterOrEqual, 4), .init("count", .less, 16)]
        query.order = [.init(.field("count"), isDescending: true)]
        let expected = [2, 8, 12, 14, 16, 18].map { ($0, $0 * 7 % 20) }.filter { (4..<16).contains($0.1) }
        #expect(try await numbers(records.find(query)) == expected.sorted { $0.1 > $1.1 }.map(\.0))
        #expect(try await records.count(query) == expected.count)
        query.conditions = [.init("title", .notEqual, "t2"), .init("done", .equal, true)]
        query.order = [.init(.version, isDescending: true)]
        #expect(try await numbers(records.find(query)) == [18, 12, 0])
    }

    @Test(arguments: [1, 2, 3, 7, 50]) func `Pages put together are the whole answer`(limit: Int) async throws {
        let test = try await filled()
        var query = RecordQuery(task)
        query.order = [.init(.field("title")), .init(.field("count"), isDescending: true)]
        let all = try await test.records.find(query)
        query.limit = limit
        var pages: [Record] = []
        while true {
            let page = try await test.records.find(query)
            #expect(page.count <= limit)
            pages += page
            guard let last = page.last else { break }
            query.after = last
        }
        #expect(pages == all)
    }

    @Test func `A field that records do not have yet is found by its default`() async throws {
        let older = try Schema([Fixture.olderTask])
        let test = try await TestEngine(schema: older)
        try await test.records.create(task, in: .ann, ["title": "A"])
        let newer = try Model(
            task, audience: .user,
            fields: Fixture.olderTask.fields + [try Field("rank", .int, default: 5)])
        let matcher = try await SyncEngine(
            schema: Schema([newer]), store: test.store, eventLoops: [], logger: .init(label: "test")
        ).records
        var query = RecordQuery(task)
        query.conditions = [.init("rank", .equal, 5)]
        #expect(try await matcher.count(query) == 1)
        query.conditions = [.init("rank", .equal, 6)]
        #expect(try await matcher.count(query) == 0)
    }
}
