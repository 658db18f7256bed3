import PulseEngine
import PulseModel
import PulseSQLite
import Testing

@Suite struct SQLiteSchemaTests {
    private static func schema(_ fields: [Field], more: [String] = []) throws -> Schema {
        try Schema(
            [Model(ModelName("task")!, audience: .user, fields: fields)]
                + more.map { try Model(ModelName($0)!, audience: .global, fields: []) })
    }

    private static let title = try! Field("title", .string(maxLength: 10))

    @Test func `A field with a default is added to stored records`() async throws {
        let directory = try Directory()
        let records = try await directory.store(Self.schema([Self.title])).append(1...2)
        let schema = try Self.schema([Self.title, Field("count", .int, default: .int(3))])
        let store = try directory.store(schema)
        #expect(try await store.log() == records)
        var writer = JSONWriter()
        try await store.log()[0].fields.write(as: schema.models[0], to: &writer)
        #expect(writer.bytes == Array(#""title":"t","count":3"#.utf8))
    }

    @Test func `A model is added, removed and added again`() async throws {
        let directory = try Directory()
        _ = try await directory.store(Self.schema([Self.title])).append(1...1)
        let item = PulseModel.Record(
            key: RecordKey(model: ModelName("item")!, syncID: SyncID(high: 0, low: 1)), id: 2, version: Version(2),
            scope: .global, state: .live, fields: .none, origin: .init(writer: nil, base: .zero),
            created: Timestamp(microseconds: 0), updated: Timestamp(microseconds: 0))
        try await directory.store(Self.schema([Self.title], more: ["item"])).commit(loading: [item.key]) { _, _ in
            ([item], ())
        }
        for more in [[], ["item"], ["another"]] {
            let store = try directory.store(Self.schema([Self.title], more: more))
            #expect(try await store.log().map(\.key.model.text) == ["task", "item"])
            #expect(try await store.record(item.key) == item)
        }
    }

    @Test func `A worker reads records of a model that another worker has added since`() async throws {
        let directory = try Directory()
        let old = try directory.store(Self.schema([Self.title]))
        try await old.append(1...1)
        let new = try directory.store(Self.schema([Self.title], more: ["item"]))
        let item = PulseModel.Record(
            key: RecordKey(model: ModelName("item")!, syncID: SyncID(high: 0, low: 1)), id: 2, version: Version(2),
            scope: .global, state: .live, fields: .none, origin: .init(writer: nil, base: .zero),
            created: Timestamp(microseconds: 0), updated: Timestamp(microseconds: 0))
        try await new.commit(loading: [item.key]) { _, _ in ([item], ()) }
        #expect(try await old.log().last == item)
        try await old.append(2...2)
        #expect(try await old.head() == Version(3))
    }

    @Test func `A schema that stored records do not fit is refused, and the file stays as it was`() async throws {
        let directory = try Directory()
        let before = try await directory.store(Self.schema([Self.title])).append(1...1)
        let fields = try directory.strings("SELECT name || ' ' || kind || ' ' || nullable FROM field")
        #expect(fields == ["title string(10) 0"])
        for (schema, reason) in [
            (
                try Self.schema([Field("title", .int)], more: ["item"]),
                "model 'task', field 'title': stored records have string(10), the schema says int; declare it as it was, or give the new field another name"
            ),
            (
                try Self.schema([Field("title", .string(maxLength: 9))]),
                "model 'task', field 'title': stored records have string(10), the schema says string(9); declare it as it was, or give the new field another name"
            ),
            (
                try Self.schema([Self.title, Field("count", .int)]),
                "model 'task', field 'count': stored records do not have it; give it a default, or allow null"
            ),
            (
                try Schema([Model(ModelName("task")!, audience: .global, fields: [Self.title])]),
                "model 'task': its stored records are user's, the schema says global's; declare it as it was, or give the new model another name"
            ),
        ] {
            let error = try directory.refusal(schema)
            #expect(error.code == .unusable)
            #expect(error.message == "The schema does not fit the records in \(directory.file): \(reason)")
            #expect(try directory.strings("SELECT name || ' ' || kind || ' ' || nullable FROM field") == fields)
            #expect(try directory.strings("SELECT name FROM model") == ["task"])
        }
        #expect(try await directory.store(Self.schema([Self.title])).log() == before)
    }

    @Test func `A field that was widened is remembered as wide`() throws {
        let directory = try Directory()
        _ = try directory.store(Self.schema([Self.title]))
        _ = try directory.store(Self.schema([Field("title", .text, isNullable: true)]))
        #expect(try directory.strings("SELECT kind || ' ' || nullable FROM field") == ["text 1"])
        #expect(try directory.refusal(Self.schema([Self.title])).code == .unusable)
    }
}
