import Logging
import PulseEngine
import PulseModel
import PulseMongo
import PulseTesting
import Testing

@Suite(.serialized) struct MongoOpeningTests {
    private func refusal(
        _ uri: String, _ schema: Schema = StoreConformance.schema, patience: Duration = .seconds(10)
    ) async throws -> StoreError {
        try await #require(throws: StoreError.self) {
            try await MongoStore.test(uri, schema: schema, patience: patience)
        }
    }

    @Test(arguments: [
        "mongodb://", "mongodb://h:99999/x", "mongodb://u:secret@h:99999/x", "mongodb://u:sec:secret@h/x",
        "http://127.0.0.1/x", "",
    ])
    func `What is no connection string is refused without telling the password`(uri: String) async throws {
        let error = try await refusal(uri)
        #expect(error.code == .unusable)
        #expect(error.message.contains("connection string"))
        #expect(!error.message.contains("secret"))
    }

    @Test func `A server that is not there is waited for, and then given up`() async throws {
        let error = try await refusal("mongodb://u:secret@127.0.0.1:1/x?replicaSet=none", patience: .seconds(1))
        #expect(error.code == .unavailable)
        #expect(error.message.contains("MongoDB at 127.0.0.1:1 cannot be reached"))
        #expect(!error.message.contains("secret"))
    }

    @Test func `A standalone server is refused, whether a replica set is named or not`() async throws {
        let server = try MongoServer("--standalone")
        for options in ["", "?replicaSet=rs0"] {
            let error = try await refusal("mongodb://127.0.0.1:\(server.port)/x\(options)")
            #expect(error.code == .unusable)
            #expect(error.message.contains("standalone server, which has no transactions"))
        }
    }

    @Test func `A replica set of another name is refused`() async throws {
        let server = try MongoServer.shared.get()
        let error = try await refusal("mongodb://127.0.0.1:\(server.port)/x?replicaSet=other")
        #expect(error.message.contains("the replica set 'secantus', the store's address says 'other'"))
    }

    @Test func `A schema that the records do not fit is refused`() async throws {
        let uri = try MongoServer.shared.get().uri()
        let name = ModelName("task")!
        _ = try await MongoStore.test(uri, schema: Schema([Model(name, audience: .user, fields: [Field("n", .int)])]))
        let changed = try Schema([Model(name, audience: .user, fields: [Field("n", .bool)])])
        let error = try await refusal(uri, changed)
        #expect(error.code == .unusable)
        #expect(error.message.contains("stored records have int, the schema says bool"))
    }

    @Test func `Records of format 1 get stamps when the database is opened`() async throws {
        let server = try MongoServer.shared.get()
        let uri = server.uri(database: "unstamped")
        let records = (1...3).map { version in
            Record(
                key: RecordKey(model: ModelName("setting")!, syncID: .random()), id: version, version: Version(version),
                scope: .global, state: .live, fields: FieldValues(canonical: Array(#""title":"t""#.utf8)),
                origin: .init(writer: nil, base: .zero), created: Timestamp(microseconds: 0),
                updated: Timestamp(microseconds: 0))
        }
        try await MongoStore.test(uri).commit(loading: []) { _, _ in (records, ()) }
        try server.run(
            """
            {"update": "setting", "updates": [{"q": {}, "u": {"$unset": {"_sync.stamp": 1}}, "multi": true}]}
            """, on: "unstamped")
        try server.run(
            """
            {"update": "pulse.log", "updates": [
             {"q": {"_id": "head"}, "u": {"$unset": {"stamp": 1}, "$set": {"format": 1}}}]}
            """, on: "unstamped")
        let store = try await MongoStore.test(uri)
        #expect(try await store.position().stamp == HybridTime(ticks: 3))
        for record in records {
            #expect(try await store.record(record.key) == record)
            #expect(try await store.version(at: record.stamp) == record.version)
        }
    }

    @Test func `Workers that start at once under growing schemas remember all of it`() async throws {
        let uri = try MongoServer.shared.get().uri()
        let names = (0..<6).map { ModelName("model\($0)")! }
        try await withThrowingTaskGroup { group in
            for name in names {
                group.addTask {
                    let model = try Model(name, audience: .global, fields: [Field("n", .int)])
                    _ = try await MongoStore.test(uri, schema: Schema([model]))
                }
            }
            try await group.waitForAll()
        }
        let store = try await MongoStore.openForCopying(uri, logger: Logger(label: "test"))
        #expect(try await Set(store.history().models.keys) == Set(names))
    }

    @Test func `The commands of a commit do not grow with its group`() async throws {
        let store = try await MongoStore.test(try MongoServer.shared.get().uri())
        var commands: [Int] = []
        for count in [1, 50, 2_000] {
            let before = store.statistics.commands
            let head = try await store.head()
            let records = (1...count).map { index in
                Record(
                    key: RecordKey(model: ModelName("setting")!, syncID: .random()), id: head.number + Int64(index),
                    version: Version(head.number + Int64(index)), scope: .global, state: .live,
                    fields: FieldValues(canonical: Array(#""title":"t""#.utf8)),
                    origin: .init(writer: nil, base: .zero), created: Timestamp(microseconds: 0),
                    updated: Timestamp(microseconds: 0))
            }
            try await store.commit(loading: Set(records.map(\.key))) { _, _ in (records, ()) }
            commands.append(store.statistics.commands - before)
        }
        #expect(commands == [5, 5, 5])
    }
}
