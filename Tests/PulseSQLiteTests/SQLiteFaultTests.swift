import Foundation
import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Testing

@Suite struct SQLiteFaultTests {
    @Test(arguments: [
        "sync_id = x'00'", "sync_id = zeroblob(17)", "scope = 'x'", "scope = ''", "scope = 'u:'", "state = 3",
        "state = -1",
        "state = 256", "model = 99", "scope = 'g:team'", "writer = ''",
    ])
    func `A damaged row is an error, and the rows beside it are not`(damage: String) async throws {
        let directory = try Directory()
        let store = try directory.store()
        let records = try await store.append(1...3)
        try directory.execute("PRAGMA foreign_keys = OFF; UPDATE record SET \(damage) WHERE version = 2")
        let error = try await #require(throws: StoreError.self) { try await store.log() }
        #expect(error.code == .unusable)
        #expect(error.message.contains("the record of version 2 is damaged"))
        for record in [records[0], records[2]] { #expect(try await store.record(record.key) == record) }
        let page = try await store.read(LogQuery(.everything(after: Version(2)), upTo: Version(3)))
        #expect(page.records == [records[2]])
        #expect(try await store.append(4...4).map(\.version) == [Version(4)])
    }

    @Test func `A damaged file is an error, not a crash`() async throws {
        let directory = try Directory()
        _ = try await directory.store().append(1...500, title: String(repeating: "x", count: 200))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file))
        for offset in stride(from: 4_096 * 8, to: bytes.count, by: 97) { bytes[offset] = 0xff }
        try bytes.write(to: URL(fileURLWithPath: directory.file))
        let error = try await #require(throws: StoreError.self) {
            let store = try directory.store()
            _ = try await store.log()
            try await store.append(501...501)
        }
        #expect(error.code == .unusable, "\(error)")
    }

    @Test func `A commit for which there is no room fails whole, and the store goes on`() async throws {
        let directory = try Directory()
        let store = try directory.store()
        let before = try await store.append(1...3)
        // The connection's own limit on the file's size, with the error of a full disk.
        _ = try store.pragma("max_page_count = 1")
        let large = String(repeating: "x", count: 100_000)
        for _ in 0..<3 {
            let error = try await #require(throws: StoreError.self) { try await store.append(4...50, title: large) }
            #expect(error.code == .unavailable)
            #expect(try await store.log() == before)
            #expect(try await store.head() == Version(3))
        }
        _ = try store.pragma("max_page_count = 1000000")
        #expect(try await store.append(4...50, title: large).last?.version == Version(50))
        #expect(try await store.log().count == 50)
    }

    /// Found in review: a small batch that touched many large records made the server load all of them at once.
    @Test func `A commit that would load too much is refused and writes nothing`() async throws {
        let directory = try Directory()
        let store = try directory.store()
        let large = String(repeating: "x", count: 3 << 20)
        var records: [Record] = []
        for number in 1...12 { records += try await store.append(number...number, title: large) }
        let keys = Set(records.map(\.key))
        let error = try await #require(throws: StoreError.self) {
            try await store.commit(loading: keys) { head, _ in ([], head.version) }
        }
        #expect(error.code == .tooLarge)
        let head = try await store.commit(loading: Set(keys.prefix(5))) { head, records in ([], head.version) }
        #expect(head == Version(12))
    }

    @Test func `A store that cannot write for a while goes on afterwards`() async throws {
        let directory = try Directory()
        let store = try directory.store()
        try await store.append(1...1)
        _ = try store.pragma("query_only = 1")
        let error = try await #require(throws: StoreError.self) { try await store.append(2...2) }
        #expect(error.code == .unavailable)
        _ = try store.pragma("query_only = 0")
        #expect(try await store.append(2...2).map(\.version) == [Version(2)])
    }

    @Test func `A commit that breaks a rule of the table fails whole, and the store goes on`() async throws {
        let store = try Directory().store()
        let before = try await store.append(1...2)
        // Written without having been loaded: the key is there already.
        let error = try await #require(throws: StoreError.self) { try await store.append(2...3) }
        #expect(error.code == .unavailable)
        #expect(try await store.log() == before)
        #expect(try await store.append(3...3).map(\.version) == [Version(3)])
    }

    @Test func `A model that the store does not know fails the commit`() async throws {
        let store = try Directory().store()
        let stranger = PulseModel.Record(
            key: RecordKey(model: ModelName("stranger")!, syncID: SyncID(high: 0, low: 0)), id: 1, version: Version(1),
            scope: .global, state: .live, fields: .none, origin: .init(writer: nil, base: .zero),
            created: Timestamp(microseconds: 0), updated: Timestamp(microseconds: 0))
        let error = try await #require(throws: StoreError.self) {
            try await store.commit(loading: [stranger.key]) { _, _ in ([stranger], ()) }
        }
        #expect(error.code == .unavailable)
        #expect(try await store.record(stranger.key) == nil)
        #expect(try await store.append(1...1).map(\.version) == [Version(1)])
    }

    @Test func `Where files may not grow, commits fail, acked ones stay, and with room the store goes on`() async {
        await #expect(processExitsWith: .success) {
            let directory = try Directory()
            let store = try directory.store()
            let acked = try await store.append(1...3)
            signal(SIGXFSZ, SIG_IGN)
            let unlimited = try limitFiles(to: rlimit(rlim_cur: 200_000, rlim_max: 0))
            let large = String(repeating: "x", count: 100_000)
            for _ in 0..<3 {
                let error = try await #require(throws: StoreError.self) { try await store.append(4...20, title: large) }
                #expect(error.code != .unusable, "\(error)")
                #expect(try await store.log() == acked)
            }
            _ = try limitFiles(to: unlimited)
            let next = try await store.append(4...20, title: large)
            #expect(next.first?.version == Version(4))
            #expect(try await store.log() == acked + next)
            #expect(try await directory.store().log() == acked + next)
        }
    }
}

/// Bounds the size of the files that this process writes.
///
/// - Returns: the bounds until now.
private func limitFiles(to limit: rlimit) throws -> rlimit {
    #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    #else
        let resource = RLIMIT_FSIZE
    #endif
    var before = rlimit()
    try #require(getrlimit(resource, &before) == 0)
    var limit = rlimit(rlim_cur: limit.rlim_cur, rlim_max: before.rlim_max)
    try #require(setrlimit(resource, &limit) == 0)
    return before
}
