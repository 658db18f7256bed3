import PulseEngine
import PulseModel
import Synchronization

extension CopyConformance {
    static let movingCases = [
        Case("What is written to the source meanwhile is copied too") { suite in
            let source = try await suite.makeFilledSource()
            let served = try await source.open(schema)
            let target = try await suite.makeTarget()
            let pageCount = Atomic(0)
            let generator = Mutex(SeededGenerator(seed: 7))
            try await source.copy(
                to: target,
                onTake: { page, store throws(StoreError) in
                    try await store.take(page)
                    // Records that are copied, that are on a page read ahead, and that are still to come.
                    if pageCount.wrappingAdd(1, ordering: .relaxed).newValue <= 10 {
                        try await served.write(generator.withLock { randomDrafts(&$0) })
                    }
                })
            try expect(pageCount.load(ordering: .relaxed) > 10, "the copy has more than 10 pages")
            try await target.expectCopy(of: source)
        },
        Case("What is written to the source while the two are compared is copied too") { suite in
            let source = try await suite.makeFilledSource()
            let served = try await source.open(schema)
            let target = try await suite.makeTarget()
            let headCount = Atomic(0)
            try await source.copy(
                to: target,
                onHead: { store throws(StoreError) in
                    // The third look at the head is the one behind the comparison.
                    if headCount.wrappingAdd(1, ordering: .relaxed).newValue == 3 {
                        try await served.write([Draft(1, in: StoreConformance.user("1"), title: "late")])
                    }
                    return try await store.head()
                })
            try expect(headCount.load(ordering: .relaxed) > 3, "the copy looked at the head again")
            try await target.expectCopy(of: source)
        },
        Case("A source that is written to all the time is no complete copy, until it rests") { suite in
            let source = try await suite.makeFilledSource()
            let served = try await source.open(schema)
            let target = try await suite.makeTarget()
            let error = try await expectError(CopyError.self, "copying") {
                try await source.copy(
                    to: target,
                    onHead: { store throws(StoreError) in
                        try await served.write([Draft(1, in: StoreConformance.user("1"))])
                        return try await store.head()
                    })
            }
            guard case .sourceMoves = error else { throw error }
            try await target.expectUnfinished()
            try await source.copy(to: target)
            try await target.expectCopy(of: source)
        },
    ]
}
