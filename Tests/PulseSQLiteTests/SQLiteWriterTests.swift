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

    /// The task alone holds the store.
    private func append(_ number: Int, to store: consuming SQLiteStore) -> Task<Void, any Error> {
        Task(executorPreference: store.writingExecutor) { [store] in _ = try await store.append(number...number) }
    }
}

private func currentThread() -> UInt { UInt(pthread_self()) }
