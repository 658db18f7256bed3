import Foundation
import GRDB
import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Testing

@Suite struct SQLiteFileTests {
    @Test func `What is committed is on the disk`() throws {
        let store = try Directory().store()
        #expect(try store.pragma("journal_mode") == "wal")
        // 2 is FULL: with NORMAL, GRDB's own choice for WAL, a power cut loses what was acked.
        #expect(try store.pragma("synchronous") == "2")
    }

    @Test func `A file that is opened again has everything`() async throws {
        let directory = try Directory()
        let expected = try await directory.store().append(1...5)
        for _ in 0..<2 {
            let store = try directory.store()
            #expect(try await store.head() == Version(5))
            #expect(try await store.log() == expected)
            #expect(try store.pragma("synchronous") == "2")
        }
        let next = try await directory.store().append(6...6)
        #expect(next[0].version == Version(6))
    }

    @Test func `A log has its epoch for good, and every log has another`() async throws {
        let directory = try Directory()
        let epoch = try await directory.store().position().epoch
        #expect(try await directory.store().position().epoch == epoch)
        #expect(try await Directory().store().position().epoch != epoch)
    }

    @Test func `A file of format 1 gets an epoch when it is opened, and keeps it and its records`() async throws {
        let directory = try Directory()
        let expected = try await directory.store().append(1...5)
        try directory.setBack(to: 1)
        let store = try directory.store()
        let epoch = try await store.position().epoch
        #expect(try await store.log() == expected)
        #expect(try await directory.store().position().epoch == epoch)
    }

    @Test func `Records of format 4 get stamps when the file is opened`() async throws {
        let directory = try Directory()
        let expected = try await directory.store().append(1...5)
        try directory.setBack(to: 4)
        let store = try directory.store()
        #expect(try await store.log() == expected)
        #expect(try await store.position().stamp == HybridTime(ticks: 5))
        for record in expected { #expect(try await store.version(at: record.stamp) == record.version) }
    }

    @Test func `What a killed process left in the WAL is there`() async throws {
        let directory = try Directory()
        let store = try directory.store()
        let expected = try await store.append(1...5)
        let copy = try Directory()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: directory.file + suffix, toPath: copy.file + suffix)
        }
        #expect(try await copy.store().log() == expected)
    }

    @Test func `A file of a newer format is refused and left alone`() throws {
        let directory = try Directory()
        _ = try directory.store()
        let (newest, newer) = (Directory.format, Directory.format + 1)
        try directory.execute("PRAGMA user_version = \(newer)")
        let error = try directory.refusal()
        #expect(error.code == .unusable)
        #expect(
            error.message
                == "\(directory.file) has format \(newer), this program knows formats up to \(newest): it was written by a newer one"
        )
        #expect(try directory.strings("PRAGMA user_version") == ["\(newer)"])
    }

    @Test(arguments: ["PRAGMA user_version = -1", "PRAGMA user_version = -2147483648"])
    func `A file with a negative format is refused, not a crash`(sql: String) throws {
        for isOurs in [true, false] {
            let directory = try Directory()
            if isOurs { _ = try directory.store() }
            try directory.execute(sql)
            #expect(try directory.refusal().code == .unusable)
        }
    }

    @Test(arguments: [
        "CREATE TABLE t (a)", "CREATE TABLE record (a); PRAGMA application_id = 7", "CREATE VIEW v AS SELECT 1",
    ])
    func `Another program's database is refused and left alone`(sql: String) throws {
        let directory = try Directory()
        try directory.execute(sql)
        let before = try directory.strings("SELECT sql FROM sqlite_schema")
        let error = try directory.refusal()
        #expect(error.code == .unusable)
        #expect(error.message == "\(directory.file) is a SQLite database of another program")
        #expect(try directory.strings("SELECT sql FROM sqlite_schema") == before)
        #expect(try directory.strings("PRAGMA user_version") == ["0"])
    }

    @Test(arguments: [
        "this is text, and long enough to be looked at: " + String(repeating: "x", count: 1_000), "short",
    ])
    func `What is no database is refused and left alone`(text: String) throws {
        let directory = try Directory()
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.file))
        let error = try directory.refusal()
        #expect(error.code == .unusable)
        #expect(error.message == "\(directory.file) is not a SQLite database")
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file)) == Data(text.utf8))
    }

    @Test func `An empty file is a store to be`() async throws {
        let directory = try Directory()
        try Data().write(to: URL(fileURLWithPath: directory.file))
        #expect(try await directory.store().head() == .zero)
    }

    @Test func `A directory that is missing is named`() throws {
        let directory = try Directory()
        let path = directory.path + "/missing/store.db"
        let error = try #require(throws: StoreError.self) {
            try SQLiteStore(path: path, schema: StoreConformance.schema)
        }
        #expect(error.code == .unusable)
        #expect(error.message == "\(path) cannot be opened: does its directory exist, and may this user write there?")
    }

    @Test func `A directory is no file`() throws {
        let directory = try Directory()
        let error = try #require(throws: StoreError.self) {
            try SQLiteStore(path: directory.path, schema: StoreConformance.schema)
        }
        #expect(error.code == .unusable)
        #expect(error.message.hasPrefix("\(directory.path) cannot be opened"))
    }

    @Test(arguments: ["WAL", "DELETE"])
    func `A file that another process holds locked is said to be, and opens when it is free`(mode: String) async throws
    {
        let directory = try Directory()
        _ = try directory.store()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: directory.file, configuration: configuration)
        // Out of WAL mode an exclusive lock keeps readers out too.
        try await other.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA journal_mode = \(mode); BEGIN EXCLUSIVE")
        }
        let error = try directory.refusal()
        #expect(error.code == .unavailable)
        #expect(error.message == "\(directory.file) is locked by another process")
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try other.close()
        #expect(try await directory.store().head() == .zero)
    }

    @Test func `A commit that another process keeps waiting fails, and the next one goes on`() async throws {
        let directory = try Directory()
        let store = try directory.store(patience: .milliseconds(50))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: directory.file, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        let error = try await #require(throws: StoreError.self) { try await store.append(1...1) }
        #expect(error.code == .unavailable)
        #expect(try await store.head() == .zero)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await store.append(1...1).map(\.version) == [Version(1)])
    }

    @Test func `A file that this user may not write is refused`() async {
        await #expect(processExitsWith: .success) {
            let directory = try Directory()
            _ = try directory.store()
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: directory.file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
            // To root nothing is forbidden, so become nobody; who may remove the directory when all is over.
            if geteuid() == 0 {
                #expect(chown(directory.path, 65_534, 65_534) == 0 && setgid(65_534) == 0 && setuid(65_534) == 0)
            }
            let error = try directory.refusal()
            #expect(error.code == .unusable)
            #expect(
                [
                    "\(directory.file) cannot be written by this user",
                    "\(directory.file) cannot be opened: does its directory exist, and may this user write there?",
                ].contains(error.message), "\(error.message)")
        }
    }
}
