import PulseEngine
import PulseModel
import Testing

@Suite struct AtomicBatchTests {
    private func batch(_ payloads: String..., isAtomic: Bool = true) throws -> WriteBatch {
        WriteBatch(
            author: .client(Fixture.ann),
            writes: try payloads.map { payload in
                let parts = payload.split(separator: " ", maxSplits: 1)
                return try Fixture.write(String(parts[1]), to: Int(parts[0])!)
            }, isAtomic: isAtomic)
    }

    private func plan(_ batches: WriteBatch..., head: Int64 = 0, records: [Record] = []) -> GroupPlan {
        GroupPlan(
            batches, schema: Fixture.schema, head: LogHead(at: Version(head)),
            records: Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) }), now: Fixture.now)
    }

    @Test func allOfItIsWritten() throws {
        let plan = plan(try batch(#"1 "title":"A""#, #"2 "title":"B""#, #"1 "title":"C","version":8"#), head: 7)
        #expect(plan.changes.map(\.version.number) == [8, 9, 10])
    }

    @Test func orNothingWhereverItFails() throws {
        let foreign = Fixture.record(9, version: 3, scope: .bob)
        let newer = Fixture.record(8, version: 4)
        let good = [#"1 "title":"A""#, #"2 "title":"B""#, #"1 "title":"C","version":5"#]
        for bad in [#"9 "title":"X""#, #"8 "title":"X","version":3"#] {
            for place in 0...good.count {
                var payloads = good
                payloads.insert(bad, at: place)
                let writes = try payloads.flatMap { try batch($0).writes }
                let plan = plan(
                    WriteBatch(author: .client(Fixture.ann), writes: writes, isAtomic: true), head: 4,
                    records: [foreign, newer])
                #expect(plan.changes.isEmpty)
                #expect(plan.outcomes[0].count == 4)
            }
        }
    }

    @Test func othersOfItsGroupAreWrittenAsIfItWereNotThere() throws {
        let stored = Fixture.record(1, version: 4)
        let others = [
            try batch(#"1 "title":"B","version":4"#, #"5 "title":"E""#, isAtomic: false),
            try batch(#"1 "title":"D","version":5"#, #"6 "title":"F""#),
        ]
        let failing = try batch(#"1 "title":"C","version":5"#, #"7 "title":"G""#, #"1 "title":"late""#)
        let with = plan(others[0], failing, others[1], failing, head: 4, records: [stored])
        let without = plan(others[0], others[1], head: 4, records: [stored])
        #expect(with.changes == without.changes)
        #expect(with.changes.map(\.version.number) == [5, 6, 7, 8])
        #expect("\(with.outcomes[2])" == "\(without.outcomes[1])")
    }

    @Test func aRepeatedWriteIsNoFailure() throws {
        let first = try batch(#"1 "title":"A""#)
        let plan = plan(first, try batch(#"1 "title":"A""#, #"2 "title":"B""#))
        #expect(plan.changes.map(\.version.number) == [1, 2])
    }
}
