import Foundation
import PulseEngine
import PulseModel
import PulseSQLite
import PulseTesting
import Testing

@Suite struct SQLiteWriterTests {
    @Test func `A task on the writing executor commits without a change of threads`() async throws {
        let store = try Directory().store()
        let task = Task(executorPreference: store.writingExecutor) { () async throws(StoreError) -> Set<UInt> in
            var threads: Set<UInt> = []
            for _ in 0..<100 {
                threads.insert(currentThread())
                threads.insert(try await store.commit(loading: []) { _, _ in ([], currentThread()) })
            }
            return threads
        }
        #expect(try await task.value.count == 1)
    }

    @Test func `A store may be let go of on its own writing executor`() async throws {
        let directory = try Directory()
        for number in 1...20 { try await append(number, to: directory.store()).value }
    }

    @Test func `The WAL begins anew while commits go on`() async throws {
        let directory = try Directory()
        let store = try directory.store()
        // A record takes some 28 pages, so the WAL is full at about the 286th.
        let title = String(repeating: "x", count: 100_000)
        try await store.append(1...1, title: title)
        let begun = try walsBegun(in: directory)
        var count = 1
        while try walsBegun(in: directory) == begun, count < 2_000 {
            try await store.append(count + 1...count + 20, title: title)
            count += 20
        }
        #expect((250..<2_000).contains(count))
        #expect(try await store.head() == Version(Int64(count)))
    }

    /// The task alone holds the store.
    private func append(_ number: Int, to store: consuming SQLiteStore) -> Task<Void, any Error> {
        Task(executorPreference: store.writingExecutor) { [store] in _ = try await store.append(number...number) }
    }

    /// How often the WAL has begun anew, by its header.
    private func walsBegun(in directory: Directory) throws -> Int {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: directory.file + "-wal"))
        defer { try? handle.close() }
        let header = try handle.read(upToCount: 16) ?? Data()
        return header.dropFirst(12).reduce(0) { $0 << 8 | Int($1) }
    }
}

private func currentThread() -> UInt { UInt(pthread_self()) }
