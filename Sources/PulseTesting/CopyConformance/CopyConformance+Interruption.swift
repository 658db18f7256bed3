import PulseEngine
import PulseModel
import Synchronization

extension CopyConformance {
    static let interruptionCases = [
        Case("A copy that stops at every page, before or after it is written, goes on behind it") { suite in
            let source = try await suite.makeFilledSource()
            let target = try await suite.makeTarget()
            let stopCount = try await interrupt(source, target) { _ in }
            try expect(stopCount > 5, "it stopped at every page")
            try await target.expectCopy(of: source)
        },
        Case("A source that is written to between one run and the next is copied as it is in the end") { suite in
            let source = try await suite.makeFilledSource()
            let served = try await source.open(schema)
            let target = try await suite.makeTarget()
            var generator = SeededGenerator(seed: 11)
            _ = try await interrupt(source, target) { run in
                if run < 20 { try await served.write(randomDrafts(&generator)) }
            }
            try await target.expectCopy(of: source)
        },
        Case("A copy that is cancelled goes on where it stopped") { suite in
            let source = try await suite.makeFilledSource()
            let target = try await suite.makeTarget()
            let copying = Task {
                try await source.copy(to: target, reporting: { _ in withUnsafeCurrentTask { task in task?.cancel() } })
            }
            let error = try await expectError(CopyError.self, "a copy that is cancelled") {
                _ = try await copying.value
            }
            guard case .cancelled = error else { throw error }
            try await target.expectUnfinished()
            var start: Version?
            try await source.copy(to: target, reporting: { progress in start = start ?? progress.start })
            try expect(start ?? .zero > .zero, "the second run began behind the first page")
            try await target.expectCopy(of: source)
        },
    ]

    /// Copies, and stops in each run at the second page.
    ///
    /// - Returns: the number of runs that stopped.
    private static func interrupt(
        _ source: any StorePlace, _ target: any StorePlace, betweenRuns act: (Int) async throws -> Void
    ) async throws -> Int {
        for run in 0..<1_000 {
            let pageCount = Atomic(0)
            do {
                try await source.copy(
                    to: target,
                    onTake: { page, store throws(StoreError) in
                        let isStop = pageCount.wrappingAdd(1, ordering: .relaxed).newValue == 2
                        if !isStop || run % 2 == 1 { try await store.take(page) }
                        if isStop { throw StoreError(.outcomeUnknown, "stopped") }
                    })
                return run
            } catch CopyError.target {
                try await target.expectUnfinished()
                try await act(run)
            }
        }
        throw Failure("a copy that goes on comes to an end")
    }
}
