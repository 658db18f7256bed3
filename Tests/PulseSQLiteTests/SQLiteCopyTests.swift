import Foundation
import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Testing

@Suite struct SQLiteCopyTests {
    @Test(arguments: CopyConformance.cases)
    func `A copy from file to file keeps its promises`(conformance: CopyConformance.Case) async throws {
        let suite = CopyConformance(
            name: "SQLite to SQLite", makeSource: { try Directory() }, makeTarget: { try Directory() })
        try await suite.run(conformance)
    }

    @Test func `A source that is not there is not made`() throws {
        let directory = try Directory()
        let error = try #require(throws: StoreError.self) { try SQLiteStore(copyingFrom: directory.file) }
        #expect(error.code == .unusable)
        #expect(error.message == "there is no file \(directory.file)")
        #expect(!FileManager.default.fileExists(atPath: directory.file))
    }

    @Test func `A source's models and fields stay as they were`() async throws {
        let directory = try Directory()
        _ = try directory.store()
        let fields = try directory.strings("SELECT model || name || kind || nullable FROM field")
        let history = try await SQLiteStore(copyingFrom: directory.file).history()
        #expect(try history == SchemaHistory([:]).continued(by: StoreConformance.schema))
        #expect(try directory.strings("SELECT model || name || kind || nullable FROM field") == fields)
    }

    @Test func `A file of the first format is brought to today's, with its records`() async throws {
        let directory = try Directory()
        let expected = try await directory.store().append(1...5)
        try directory.setBack(to: 1)
        #expect(try await SQLiteStore(copyingFrom: directory.file).log() == expected)
        #expect(try directory.strings("PRAGMA user_version") == ["\(Directory.format)"])
        #expect(try await directory.store().log() == expected)
    }

    @Test func `An unfinished copy says what it is, and how to go on`() async throws {
        let directory = try Directory()
        let store = try SQLiteStore(copyingTo: directory.file)
        _ = try await store.beginCopy(of: SchemaHistory([:]), from: "mongodb://db/app")
        #expect(
            try directory.refusal().message
                == "\(directory.file) is an unfinished copy of mongodb://db/app: copy from there again to complete it, or remove it"
        )
        try await store.endCopy(at: [:])
        #expect(try await directory.store().head() == .zero)
    }

    @Test func `A write that is not the source's stops the copy`() async throws {
        let source = try Directory()
        try await source.store().append(1...5)
        let directory = try Directory()
        // Whoever opened the file before the copy began may still write to it.
        let other = try directory.store()
        let store = try SQLiteStore(copyingTo: directory.file)
        let history = try await SQLiteStore(copyingFrom: source.file).history()
        _ = try await store.beginCopy(of: history, from: "source")
        try await other.append(9...9)
        let page = try await source.store().read(LogQuery(.everything(after: .zero), upTo: Version(5)))
        let error = try await #require(throws: StoreError.self) { try await store.take(page) }
        #expect(error.code == .unusable)
        #expect(error.message.hasPrefix("\(directory.file) has records that are not its source's"))
        #expect(try await other.log().map(\.version) == [Version(1)])
    }

    @Test func `A page that would take an older write back is not taken`() async throws {
        let source = try Directory()
        let served = try source.store()
        try await served.append(1...2)
        let early = try await served.read(LogQuery(.everything(after: .zero), upTo: Version(2)))
        let key = early.records[0].key
        let newer = PulseModel.Record.task(1, version: 3, title: "newer")
        try await served.commit(loading: [key]) { _, _ in ([newer], ()) }
        let late = try await served.read(LogQuery(.everything(after: .zero), upTo: Version(3)))
        let target = try Directory()
        let store = try SQLiteStore(copyingTo: target.file)
        _ = try await store.beginCopy(of: SQLiteStore(copyingFrom: source.file).history(), from: "source")
        try await store.take(late)
        await #expect(throws: StoreError.self) { try await store.take(early) }
        #expect(try await store.record(key) == newer)
    }
}

extension Directory: StorePlace {
    func open(_ schema: Schema) async throws(StoreError) -> any ChangeStore {
        try SQLiteStore(path: file, schema: schema)
    }

    func openForCopying() async throws(StoreError) -> any CopyableStore {
        try SQLiteStore(copyingTo: file)
    }
}
