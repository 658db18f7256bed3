import PulseSQLite
import PulseTesting
import Testing

@Suite struct SQLiteConformanceTests {
    @Test(arguments: StoreConformance.cases)
    func `A store in a file keeps its promises`(conformance: StoreConformance.Case) async throws {
        let directory = try Directory()
        try await StoreConformance(name: "SQLite") { try directory.store() }.run(conformance)
    }

    @Test func `Two workers on one file take versions that are unique, gapless and in the order of their commits`()
        async throws
    {
        let directory = try Directory()
        let stores = [try directory.store(patience: .seconds(60)), try directory.store(patience: .seconds(60))]
        try await StoreConformance.examineWorkers(stores, taskCount: 4, groupCount: 100)
    }
}
