import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseMongo
import PulseSQLite
import PulseTesting
import Testing

@Suite(.serialized) struct MongoCopyTests {
    @Test(arguments: CopyConformance.cases)
    func `A copy from a file into a database keeps its promises`(conformance: CopyConformance.Case) async throws {
        let server = try MongoServer.shared.get()
        try await CopyConformance(
            name: "SQLite to MongoDB", makeSource: { File() }, makeTarget: { Database(uri: server.uri()) }
        ).run(conformance)
    }

    @Test(arguments: CopyConformance.cases)
    func `A copy from a database into a file keeps its promises`(conformance: CopyConformance.Case) async throws {
        let server = try MongoServer.shared.get()
        try await CopyConformance(
            name: "MongoDB to SQLite", makeSource: { Database(uri: server.uri()) }, makeTarget: { File() }
        ).run(conformance)
    }
}

private struct Database: StorePlace {
    let uri: String

    func open(_ schema: Schema) async throws(StoreError) -> any ChangeStore {
        try await MongoStore.open(uri, schema: schema, logger: Logger(label: "test"))
    }

    func openForCopying() async throws(StoreError) -> any CopyableStore {
        try await MongoStore.openForCopying(uri, logger: Logger(label: "test"))
    }
}

private final class File: StorePlace {
    private let path = FileManager.default.temporaryDirectory.appending(path: "pulse-\(UUID()).db").path

    deinit {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    func open(_ schema: Schema) async throws(StoreError) -> any ChangeStore {
        try SQLiteStore(path: path, schema: schema)
    }

    func openForCopying() async throws(StoreError) -> any CopyableStore { try SQLiteStore(copyingTo: path) }
}
