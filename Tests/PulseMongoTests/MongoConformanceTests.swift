import PulseEngine
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
}
