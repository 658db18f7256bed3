import PulseEngine
import PulseModel
import Testing

/// What a client is told that pushes the same again because it has had no answer.
@Suite struct PushMemoryTests {
    private static let model = try! Model(collection: ModelName("item")!, audience: .user)
    private static let schema = try! Schema([model]).served

    /// A log of one user, by itself.
    private struct Log {
        var head = LogHead.zero
        var records: [RecordKey: Record] = [:]

        mutating func write(_ batch: WriteBatch) -> (outcomes: [WriteOutcome], changes: [Record]) {
            let plan = GroupPlan([batch], schema: schema, head: head, records: records, now: Fixture.now)
            for record in plan.changes {
                records[record.key] = record
                head = LogHead(version: record.version, stamp: record.stamp)
            }
            return (plan.outcomes[0], plan.changes)
        }

        mutating func push(_ writes: Write..., by client: String = "phone", isAtomic: Bool = true) -> [WriteOutcome] {
            write(PushMemoryTests.push(writes, by: client, isAtomic: isAtomic)).outcomes
        }

        var memory: Record? { records.values.first { $0.key.model.text == "pulse_push" } }
    }

    private static func push(_ writes: [Write], by client: String = "phone", isAtomic: Bool = true) -> WriteBatch {
        WriteBatch(
            author: .client(Fixture.ann.on(ClientID(client)!)), writes: writes, isAtomic: isAtomic, isRemembered: true)
    }

    private func write(_ id: Int64, _ value: Int64?, seen parent: HybridTime? = nil) -> Write {
        let id = DocumentID.number(id)
        let fields = value.map { try! FieldValues(document: id, [.init(key: "v", value: .int($0))]) }
        return Write(
            key: RecordKey(model: Self.model.name, syncID: SyncID(of: id, in: .ann)), basis: .stamp(parent),
            scope: .ann,
            action: .replace(fields ?? FieldValues(deletedDocument: id), isDeleted: value == nil))
    }

    @Test func aPushThatComesAgainIsAnsweredAsTheFirstTime() throws {
        var log = Log()
        let first = try #require(log.push(write(1, 1), write(2, 2)).map(\.accepted) as? [Record])
        _ = log.push(write(1, 7, seen: first[0].stamp), by: "tablet")
        let head = log.head
        let again = log.push(write(1, 1), write(2, 2))
        #expect(again.map(\.answered?.stamp) == first.map(\.stamp))
        #expect(again.allSatisfy { $0.answered?.wasResolved == false })
        #expect(log.head == head)
    }

    @Test func aWriteThatWasResolvedIsSaidToBeSoAgain() throws {
        var log = Log()
        _ = log.push(write(1, 1), by: "tablet")
        let newer = log.head.stamp.next
        #expect(log.push(write(1, 2, seen: newer))[0].resolved != nil)
        #expect(log.push(write(1, 2, seen: newer))[0].answered?.wasResolved == true)
    }

    @Test func whatIsCreatedAndDeletedMayBeCreatedAgain() throws {
        var log = Log()
        let created = try #require(log.push(write(1, 1))[0].accepted)
        let deleted = try #require(log.push(write(1, nil, seen: created.stamp))[0].accepted)
        #expect(log.push(write(1, 1))[0].conflict == deleted)
        #expect(log.push(write(1, 1, seen: deleted.stamp))[0].accepted?.state == .live)
    }

    @Test func whatHasBeenPurgedSinceIsCreatedAnew() throws {
        var log = Log()
        let created = try #require(log.push(write(1, 1))[0].accepted)
        _ = log.push(write(1, nil, seen: created.stamp), by: "tablet")
        log.records[created.key] = nil
        #expect(try #require(log.push(write(1, 1))[0].accepted).version > created.version)
        #expect(log.records[created.key]?.state == .live)
    }

    @Test func anotherClientsPushIsItsOwn() {
        var log = Log()
        _ = log.push(write(1, 1), write(2, 1))
        let other = log.push(write(1, 1), write(2, 2), by: "tablet", isAtomic: false)
        #expect(other.allSatisfy { $0.answered == nil })
        #expect(log.push(write(1, 1), write(2, 2), isAtomic: false).allSatisfy { $0.answered == nil })
    }

    @Test func ofAPushOnlyWhatIsStoredIsNotJudgedAgain() {
        var log = Log()
        _ = log.push(write(1, 1), by: "tablet")
        let first = log.push(write(1, 5), write(2, 2), isAtomic: false)
        #expect(first[0].conflict != nil && first[1].accepted != nil)
        let again = log.push(write(1, 5), write(2, 2), isAtomic: false)
        #expect(again[0].conflict != nil && again[1].answered?.stamp == first[1].accepted?.stamp)
    }

    @Test func aPushThatIsTakenBackIsNotRemembered() {
        var log = Log()
        _ = log.push(write(1, 1), by: "tablet")
        let head = log.head
        for _ in 0..<2 {
            #expect(log.push(write(1, 5), write(2, 2)).allSatisfy { $0.answered == nil })
            #expect(log.head == head)
        }
    }

    @Test func itRemembersNoMoreThanItsBounds() throws {
        var log = Log()
        for round in 0..<20 { _ = log.push(write(Int64(round), 1)) }
        #expect(log.push(write(19, 1))[0].answered != nil)
        #expect(log.push(write(12, 1))[0].answered != nil)
        #expect(log.push(write(11, 1))[0].answered == nil)
        for round in 1...9 {
            let result = log.write(Self.push((0..<1_000).map { write(Int64(1_000 * round + $0), 1) }))
            #expect(result.changes.count == 1_001)
        }
        let memory = try #require(log.memory)
        // The newest is there whatever its length.
        #expect(memory.fields.bytes.count < 100 << 10)
        let newest = log.write(Self.push((0..<1_000).map { write(Int64(9_000 + $0), 1) }))
        #expect(newest.changes.isEmpty && newest.outcomes.allSatisfy { $0.answered != nil })
    }
}
