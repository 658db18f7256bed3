import PulseEngine
import PulseModel
import Testing

@Suite struct GroupPlanTests {
    private func batch(_ payloads: String..., by identity: Identity = Fixture.ann) throws -> WriteBatch {
        WriteBatch(
            author: .client(identity),
            writes: try payloads.map { payload in
                let parts = payload.split(separator: " ", maxSplits: 1)
                return try Fixture.write(String(parts[1]), to: Int(parts[0])!, by: identity)
            })
    }

    private func plan(_ batches: WriteBatch..., head: Int64 = 0, records: [Record] = []) -> GroupPlan {
        GroupPlan(
            batches, schema: Fixture.schema, head: LogHead(at: Version(head)),
            records: Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) }),
            now: Fixture.now)
    }

    @Test func versionsFollowTheHeadWithoutAGapOverAllBatches() throws {
        let plan = plan(
            try batch(#"1 "title":"A""#, #"2 "count":"no""#.replacing("\"no\"", with: "3")),
            try batch(#"1 "title":"foreign""#, #"3 "title":"B""#, by: Fixture.bob), head: 41)
        #expect(plan.changes.map(\.version.number) == [42, 43, 44])
        #expect(plan.changes.map(\.key) == [Fixture.key(1), Fixture.key(2), Fixture.key(3)])
        #expect(plan.outcomes.map(\.count) == [2, 2])
        #expect(plan.outcomes[1][0].rejection == "sync_id: cannot be used here")
    }

    @Test func eachWriteIsJudgedOnTopOfThoseBeforeIt() throws {
        let plan = plan(
            try batch(#"1 "title":"A""#, #"1 "done":true,"version":1"#, #"1 "title":"late""#),
            try batch(#"1 "count":7,"version":2"#))
        #expect(plan.changes.map(\.version.number) == [1, 2, 3])
        #expect(plan.outcomes[0][2].conflict?.version == Version(2))
        let last = try #require(plan.changes.last)
        #expect(
            String(decoding: last.fields.bytes, as: UTF8.self) == #""title":"A","done":true,"count":7,"stamp":"""#)
        #expect(last.id == 1)
    }

    @Test func theSameItemTwiceInABatchIsStoredOnce() throws {
        let plan = plan(try batch(#"1 "title":"A""#, #"1 "title":"A""#))
        #expect(plan.changes.count == 1)
        #expect(plan.outcomes[0][1].repeated?.version == Version(1))
    }

    @Test func aGroupInWhichNothingIsAcceptedChangesNothing() throws {
        let plan = plan(
            try batch(#"1 "title":"A""#), head: 9, records: [Fixture.record(1, version: 9, scope: .bob)])
        #expect(plan.changes.isEmpty)
    }

    @Test func aSoftDeleteTakesOneVersion() throws {
        let plan = plan(
            try batch(#"1 "is_deleted":true,"version":9"#), head: 9, records: [Fixture.record(1, version: 9)])
        #expect(plan.changes.map(\.version.number) == [10])
        #expect(plan.changes[0].state == .deleted)
    }
}
