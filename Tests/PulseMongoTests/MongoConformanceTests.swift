import PulseEngine
import PulseModel
import PulseMongo
import PulseTesting
import Testing

@Suite(.serialized) struct MongoConformanceTests {
    @Test(arguments: StoreConformance.cases)
    func `A store in a database keeps its promises`(conformance: StoreConformance.Case) async throws {
        let server = try MongoServer.shared.get()
        try await StoreConformance(name: "MongoDB") { try await MongoStore.test(server.uri()) }.run(conformance)
    }

    @Test(arguments: [2, 4])
    func `Several workers on one database take versions that are unique, gapless and in the order of their commits`(
        workerCount: Int
    ) async throws {
        let uri = try MongoServer.shared.get().uri()
        var stores: [MongoStore] = []
        for _ in 0..<workerCount { stores.append(try await MongoStore.test(uri)) }
        try await StoreConformance.examineWorkers(stores, taskCount: 8, groupCount: 30)
        #expect(stores.contains { $0.statistics.retries > 0 }, "workers that never met prove nothing")
    }

    @Test func `A database knows how large it is`() async throws {
        let store = try await MongoStore.test(try MongoServer.shared.get().uri())
        let before = try await store.size()
        let records = (1...100).map { version in
            Record(
                key: RecordKey(model: ModelName("setting")!, syncID: .random()), id: version, version: Version(version),
                scope: .global, state: .live,
                fields: FieldValues(canonical: Array(#""title":"\#(String(repeating: "x", count: 1_000))""#.utf8)),
                origin: .init(writer: nil, base: .zero), created: Timestamp(microseconds: 0),
                updated: Timestamp(microseconds: 0))
        }
        try await store.commit(loading: []) { _, _ in (records, ()) }
        #expect(try await store.size().usedBytes >= before.usedBytes + 100_000)
        #expect(before.freeBytes == nil)
    }
}
