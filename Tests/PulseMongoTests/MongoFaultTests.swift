import Logging
import PulseEngine
import PulseModel
import PulseMongo
import PulseTesting
import Testing

@Suite struct MongoFaultTests {
    private static let setting = ModelName("setting")!

    private func record(_ version: Int64, _ model: ModelName = setting) -> Record {
        Record(
            key: RecordKey(model: model, syncID: .random()), id: version, version: Version(version), scope: .global,
            state: .live, fields: FieldValues(canonical: Array(#""title":"t""#.utf8)),
            origin: .init(writer: nil, base: .zero), created: Timestamp(microseconds: 0),
            updated: Timestamp(microseconds: 0))
    }

    /// A server on which every commit is applied, and none confirmed by a majority.
    private func unconfirmingServer(after first: Record?) async throws -> MongoStore {
        let server = try MongoServer()
        let store = try await MongoStore.test(server.uri())
        if let first { try await store.commit(loading: [first.key]) { _, _ in ([first], ()) } }
        try server.run(
            """
            {"configureFailPoint": "failCommand", "mode": "alwaysOn", "data": {"failCommands": ["commitTransaction"],
             "writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}}}
            """)
        return store
    }

    @Test func `A commit that no majority confirms is not acknowledged, also when it is found again`() async throws {
        let one = record(1)
        let store = try await unconfirmingServer(after: nil)
        let error = await #expect(throws: StoreError.self) {
            try await store.commit(loading: [one.key]) { _, found in (found.isEmpty ? [one] : [], ()) }
        }
        #expect(error?.code == .outcomeUnknown)
    }

    @Test func `What was read to change nothing is not told before a majority has it`() async throws {
        let one = record(1)
        let store = try await unconfirmingServer(after: one)
        await #expect(throws: StoreError.self) {
            try await store.commit(loading: [one.key]) { _, found in ([], found.count) }
        }
    }

    @Test func `A record that somebody's index refuses fails alone, and soon`() async throws {
        let server = try MongoServer.shared.get()
        let store = try await MongoStore.test(server.uri(database: "refusing"))
        try server.run(
            """
            {"createIndexes": "setting", "indexes": [{"key": {"title": 1}, "name": "unique", "unique": true}]}
            """, on: "refusing")
        let (one, two) = (record(1), record(2))
        try await store.commit(loading: [one.key]) { _, _ in ([one], ()) }
        let start = ContinuousClock.now
        let error = await #expect(throws: StoreError.self) {
            try await store.commit(loading: [two.key]) { _, _ in ([two], ()) }
        }
        // The code that makes the write queue try each batch of a group by itself.
        #expect(error?.code == .unusable)
        #expect(ContinuousClock.now - start < MongoStore.commitPatience / 2)
    }

    @Test func `A copy has the models that a worker added after the source was opened`() async throws {
        let server = try MongoServer.shared.get()
        let uri = server.uri()
        let store = try await MongoStore.test(uri)
        let source = try await MongoStore.openForCopying(uri, logger: Logger(label: "test"))
        let late = ModelName("late")!
        let model = try Model(late, audience: .global, fields: [Field("title", .text)])
        let worker = try await MongoStore.test(uri, schema: Schema([model]))
        let (one, two) = (record(1, late), record(2))
        try await worker.commit(loading: [one.key]) { _, _ in ([one], ()) }
        try await store.commit(loading: [two.key]) { _, _ in ([two], ()) }
        let target = try await MongoStore.openForCopying(server.uri(), logger: Logger(label: "test"))
        #expect(try await StoreCopy(from: source, named: "x", to: target).run().recordCount == 2)
    }
}
