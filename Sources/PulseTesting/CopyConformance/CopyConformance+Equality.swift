import PulseEngine
import PulseModel

extension CopyConformance {
    static let equalityCases = [
        Case("A copy is its source, record for record, and goes on at its next version") { suite in
            let source = try await suite.makeFilledSource()
            let target = try await suite.makeTarget()
            let log = try await source.log()
            let summary = try await source.copy(to: target)
            try expect(summary.recordCount, is: log.count, "the number of records")
            try expect(summary.modelCount, is: 4, "the number of models")
            try expect(summary.scopeCount, is: Set(log.map(\.scope)).count, "the number of scopes")
            try expect(try await source.log(), are: log, "the log of the source afterwards")
            try await target.expectCopy(of: source)
        },
        Case("A copy of a copy is the first source, record for record") { suite in
            let source = try await suite.makeFilledSource()
            let (first, second) = (try await suite.makeTarget(), try await suite.makeTarget())
            try await source.copy(to: first)
            try await first.copy(to: second)
            try await second.expectCopy(of: source)
        },
        Case("A store without records is copied, with what it knows of models") { suite in
            let source = try await suite.makeSource()
            _ = try await source.open(schema)
            let target = try await suite.makeTarget()
            try expect(try await source.copy(to: target).recordCount, is: 0, "the number of records")
            try await target.expectCopy(of: source)
        },
        Case("A target without records forgets what it knew of the source's models") { suite in
            let source = try await suite.makeFilledSource()
            let target = try await suite.makeTarget()
            let other = try Model(
                StoreConformance.task, audience: .global, fields: [Field("title", .bool), Field("other", .int)])
            _ = try await target.open(Schema([other]))
            try await source.copy(to: target)
            try await target.expectCopy(of: source)
        },
        Case("A page may be taken again") { suite in
            let source = try await suite.makeFilledSource()
            let target = try await suite.makeTarget()
            try await source.copy(
                to: target,
                onTake: { page, store throws(StoreError) in
                    for _ in 0..<3 { try await store.take(page) }
                    let head = try await store.head()
                    guard head == page.reached else { throw StoreError(.unusable, "the head is \(head)") }
                })
            try await target.expectCopy(of: source)
        },
    ]
}
