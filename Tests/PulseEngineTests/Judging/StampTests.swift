import PulseEngine
import PulseModel
import Testing

/// The stamps that the writes of a commit get.
@Suite struct StampTests {
    private static let model = try! Model(collection: ModelName("item")!, audience: .user)
    private static let schema = try! Schema([model])
    private static let now = HybridTime(Fixture.now)

    private func batch(_ bases: [Write.Basis], from first: Int64 = 0, isAtomic: Bool = false) -> WriteBatch {
        WriteBatch(
            author: .client(Fixture.ann),
            writes: bases.enumerated().map { index, basis in
                let id = DocumentID.number(first + Int64(index))
                return Write(
                    key: RecordKey(model: Self.model.name, syncID: SyncID(of: id, in: .ann)), basis: basis, scope: .ann,
                    action: .replace(FieldValues(deletedDocument: id), isDeleted: false))
            }, isAtomic: isAtomic)
    }

    private func plan(_ batches: WriteBatch..., after stamp: HybridTime) -> GroupPlan {
        GroupPlan(
            batches, schema: Self.schema, head: LogHead(version: Version(7), stamp: stamp), records: [:],
            now: Fixture.now)
    }

    private func ahead(_ milliseconds: Int64) -> HybridTime {
        HybridTime(ticks: Self.now.ticks + milliseconds * HybridTime.ticksPerMillisecond)
    }

    @Test func stampsFollowTheClockAndCountWhereItStandsStill() {
        let stamps = plan(batch([.anything, .stamp(nil)]), batch([.anything], from: 9), after: .zero).changes.map(
            \.stamp)
        #expect(stamps == [Self.now, Self.now.next, Self.now.next.next])
    }

    @Test func aClockThatHasRunBackIsWaitedFor() {
        let head = ahead(3_600_000)
        #expect(plan(batch([.anything]), after: head).changes.map(\.stamp) == [head.next])
    }

    @Test func aStampIsAboveTheOneThatItsWriterHadSeen() {
        let seen = ahead(60_000)
        let stamps = plan(batch([.stamp(seen), .anything]), after: .zero).changes.map(\.stamp)
        #expect(stamps == [seen.next, seen.next.next])
    }

    @Test func aWriterFromTheFarFutureIsRefused() {
        let plan = plan(batch([.stamp(ahead(60_000).next), .anything]), after: .zero)
        #expect(
            plan.outcomes[0][0].rejection
                == "parent_version: is more than 60 seconds ahead of the server's clock")
        #expect(plan.changes.map(\.stamp) == [Self.now])
    }

    @Test func aWriterWhoHasSeenTheHeadIsNeverFromTheFuture() {
        let head = ahead(3_600_000)
        #expect(plan(batch([.stamp(head)]), after: head).changes.map(\.stamp) == [head.next])
    }

    @Test func whatIsTakenBackLeavesNoStamps() {
        let failing = batch([.stamp(ahead(50_000)), .stamp(ahead(90_000))], isAtomic: true)
        let plan = plan(failing, batch([.anything], from: 9), after: .zero)
        #expect(plan.changes.map(\.stamp) == [Self.now])
        #expect(plan.changes.map(\.version) == [Version(8)])
    }
}
