import PulseEngine
import Synchronization
import Testing

@Suite struct ReadGateTests {
    /// Reads that go on until they are told to end.
    private actor Reads {
        private var begun: [Int] = []
        private var running: [Int: CheckedContinuation<Void, Never>] = [:]
        private var watchers: [(Int, CheckedContinuation<Void, Never>)] = []

        func read(_ number: Int) async {
            begun.append(number)
            await withCheckedContinuation { continuation in
                running[number] = continuation
                for (count, watcher) in watchers where count <= begun.count { watcher.resume() }
                watchers.removeAll { $0.0 <= begun.count }
            }
        }

        /// Waits until so many have begun; which, in order.
        func begun(_ count: Int) async -> [Int] {
            if begun.count < count { await withCheckedContinuation { watchers.append((count, $0)) } }
            return begun
        }

        func end(_ number: Int) { running.removeValue(forKey: number)?.resume() }
    }

    /// How many read, and how many ever did at once.
    private final class Inside: Sendable {
        let count = Mutex((now: 0, most: 0))
    }

    private func wait(for count: Int, at gate: ReadGate) async {
        while gate.waitingCount != count { await Task.yield() }
    }

    @Test func `So many read at a time, and the others in the order in which they came`() async {
        let gate = ReadGate(width: 2)
        let reads = Reads()
        var tasks: [Task<Bool, Never>] = []
        for number in 1...6 {
            tasks.append(Task { await gate.pass { await reads.read(number) } })
            if number <= 2 { _ = await reads.begun(number) } else { await wait(for: number - 2, at: gate) }
        }
        #expect(await reads.begun(2) == [1, 2])
        await reads.end(2)
        #expect(await reads.begun(3) == [1, 2, 3])
        await reads.end(1)
        #expect(await reads.begun(4) == [1, 2, 3, 4])
        for number in 3...6 {
            _ = await reads.begun(number)
            await reads.end(number)
        }
        for task in tasks { #expect(await task.value) }
        #expect(await reads.begun(6) == [1, 2, 3, 4, 5, 6])
        #expect(gate.waitingCount == 0)
    }

    @Test func `Who goes away while waiting leaves the line and holds up nobody`() async {
        let gate = ReadGate(width: 1)
        let reads = Reads()
        let first = Task { await gate.pass { await reads.read(1) } }
        _ = await reads.begun(1)
        let gone = Task { await gate.pass { await reads.read(2) } }
        await wait(for: 1, at: gate)
        let last = Task { await gate.pass { await reads.read(3) } }
        await wait(for: 2, at: gate)
        gone.cancel()
        #expect(await !gone.value)
        #expect(gate.waitingCount == 1)
        await reads.end(1)
        #expect(await reads.begun(2) == [1, 3])
        await reads.end(3)
        #expect(await first.value)
        #expect(await last.value)
    }

    @Test func `A read that fails lets the next one in`() async throws {
        struct Failure: Error {}
        let gate = ReadGate(width: 1)
        for _ in 0..<3 {
            await #expect(throws: Failure.self) { try await gate.pass { () async throws(Failure) in throw Failure() } }
        }
        #expect(await gate.pass {})
    }

    @Test func `Many who come and go leave the gate as wide as it was`() async {
        let gate = ReadGate(width: 3)
        let inside = Inside()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let task = Task {
                        await gate.pass {
                            inside.count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                            await Task.yield()
                            inside.count.withLock { $0.now -= 1 }
                        }
                    }
                    if number % 3 == 0 { task.cancel() }
                    _ = await task.value
                }
            }
        }
        #expect(inside.count.withLock(\.most) <= 3)
        #expect(gate.waitingCount == 0)
        let reads = Reads()
        let tasks = (1...3).map { number in Task { await gate.pass { await reads.read(number) } } }
        #expect(await reads.begun(3).sorted() == [1, 2, 3])
        for number in 1...3 { await reads.end(number) }
        for task in tasks { #expect(await task.value) }
    }
}
