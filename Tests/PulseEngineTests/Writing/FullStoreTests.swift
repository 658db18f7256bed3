import Foundation
import Logging
import PulseEngine
import PulseModel
import PulseSQLite
import Testing

@Suite struct FullStoreTests {
    /// An engine over a file that is full from so many bytes on.
    private func engine(_ store: SQLiteStore, fullFrom bytes: Int) async throws -> SyncEngine {
        var configuration = SyncEngine.Configuration()
        configuration.storeLimits.bytes = bytes
        configuration.storeLimits.freeBytes = 0
        return try await SyncEngine(
            schema: Fixture.schema.served, store: store, eventLoops: [], configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func write(_ payload: String, to numbers: [Int], through engine: SyncEngine) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            do {
                let writes = try numbers.map { try Fixture.write(payload, to: $0, of: Fixture.note) }
                try engine.submit(WriteBatch(author: .client(Fixture.ann), writes: writes)) { result in
                    continuation.resume(with: result.map { $0.count { $0.accepted != nil } })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    @Test func `A full store refuses writes, takes deletes, and takes writes again when there is room`() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("pulse-full-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        let store = try SQLiteStore(path: home.path + "/log.sqlite", schema: Fixture.schema.served)
        let empty = try await store.size().usedBytes
        let engine = try await engine(store, fullFrom: empty + 1_000_000)
        let note = #""title":"\#(String(repeating: "x", count: 10_000))""#
        func isFull(_ payload: String, _ numbers: [Int]) async throws -> Bool {
            do {
                _ = try await write(payload, to: numbers, through: engine)
                return false
            } catch WriteError.storeFull {
                return true
            }
        }
        #expect(try await write(note, to: Array(1...105), through: engine) == 105)
        // It is measured now and then only.
        #expect(try await !isFull(note, [106]))
        await engine.measureStore()
        #expect(try await isFull(note, [107]))
        #expect(try await !isFull(#""version":1,"is_deleted":true"#, [1]))
        #expect(try await isFull(#""version":2,"is_deleted":false"#, [2]), "only deletes are taken")
        await #expect(throws: RecordsError.self) { try await engine.records.create(Fixture.note.name, in: .ann, [:]) }
        // Whoever has filled it can still be put out.
        try await engine.decide(.revoke, about: Fixture.ann.user)
        for number in 3...40 { try await engine.records.hardDelete(Fixture.note.name, Fixture.id(number)) }
        await engine.measureStore()
        #expect(try await !isFull(note, [107]))
        await engine.drain()
    }
}
