import PulseEngine
import PulseModel
import PulseTesting
import Testing

@Suite struct MergePropertyTests {
    private static let names = ["a", "b", "c", "d", "e", "f"]

    private static func schema(_ policy: ConflictPolicy) -> Schema {
        try! Schema([
            Model(
                Fixture.task.name, audience: .user, fields: names.map { try Field($0, .int, default: .int(0)) },
                conflicts: ConflictRules(policy, merge: .fields))
        ])
    }

    private static func upload(
        _ values: [String: Int], seen base: Int64, to merges: JudgedMerges, _ schema: Schema
    ) throws -> WriteOutcome {
        let members = values.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let write = try Fixture.write(
            (members + ["\"version\":\(base)"]).joined(separator: ","), of: schema.models[0])
        return merges.commit(WriteBatch(author: .client(Fixture.ann), writes: [write]), schema)[0]
    }

    /// One device uploads once, the other as often as it likes, each of its uploads seen by itself.
    @Test(arguments: [ConflictPolicy.serverWins, .clientWins, .reject], 0..<200)
    func whatOneSideAloneChangedIsNeverLost(policy: ConflictPolicy, seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let schema = Self.schema(policy)
        let merges = JudgedMerges()
        _ = try Self.upload(["a": 0], seen: 0, to: merges, schema)
        var tablet: [String: Int] = [:]
        for round in 1...(1 + generator.upTo(3)) {
            let changed = Self.names.filter { _ in generator.once(in: 4) }
            let values = Dictionary(uniqueKeysWithValues: changed.map { ($0, 100 * round) })
            _ = try Self.upload(values, seen: merges.head.number, to: merges, schema)
            tablet.merge(values) { $1 }
        }
        let changed = Self.names.filter { _ in generator.once(in: 3) }
        let phone = Dictionary(uniqueKeysWithValues: changed.map { ($0, 7) })
        let outcome = try Self.upload(phone, seen: 1, to: merges, schema)
        let record = try #require(merges.record(Fixture.key(1)))
        let isRefused = policy == .reject && phone.keys.contains { tablet[$0] != nil }
        #expect((outcome.conflict != nil) == isRefused)
        for name in Self.names {
            let expected: Int
            switch (tablet[name], isRefused ? nil : phone[name]) {
            case (let ours?, let theirs?): expected = policy == .clientWins ? theirs : ours
            case (let ours?, nil): expected = ours
            case (nil, let theirs?): expected = theirs
            case (nil, nil): expected = 0
            }
            #expect("\(record.fields[name]!)" == "\(JSONValue.int(Int64(expected)))", "\(name)")
        }
    }

    @Test(arguments: 0..<100) func editsOfDifferentFieldsSurviveInEitherOrder(seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let cut = 1 + generator.upTo(4)
        let edits = [Self.names.prefix(cut), Self.names.suffix(from: cut)].enumerated().map { index, names in
            Dictionary(uniqueKeysWithValues: names.map { ($0, index + 1) })
        }
        let schema = Self.schema(.reject)
        let ends = try [edits, edits.reversed()].map { edits in
            let merges = JudgedMerges()
            _ = try Self.upload(["a": 0], seen: 0, to: merges, schema)
            for edit in edits { #expect(try Self.upload(edit, seen: 1, to: merges, schema).accepted != nil) }
            return try #require(merges.record(Fixture.key(1))).fields
        }
        #expect(ends[0] == ends[1])
    }

    /// Whatever came between, with a policy of each kind in one model.
    @Test(arguments: 0..<40) func whatWasStoredOnceChangesNothingWhenItComesAgain(seed: Int) throws {
        let merges = JudgedMerges()
        var edits = RandomEdits(seed: UInt64(seed))
        var repeats = 0
        var merged = 0
        for _ in 0..<300 {
            let (write, isRepeat) = try edits.next()
            let before = merges.record(write.key)
            let head = merges.head
            let outcome = merges.commit(
                WriteBatch(author: .client(Fixture.ann), writes: [write]), RandomEdits.schema)[0]
            if isRepeat {
                repeats += 1
                #expect(outcome.repeated == before)
                #expect(merges.head == head)
            } else {
                if outcome.accepted != nil, let before, write.base! < before.version { merged += 1 }
                edits.note(write, outcome)
            }
        }
        #expect(repeats > 20 && merged > 20, "a walk without repeats or merges proves nothing")
    }

    /// Users add to one counter, each from what it saw last, and send much of it twice.
    @Test(arguments: 0..<40) func aCounterIsTheSumOfWhatWasCounted(seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let model = try Model(
            Fixture.bulletin.name, audience: .global, fields: [Field("n", .int, conflict: .counter)],
            conflicts: ConflictRules(history: .init(versions: 1_000)))
        let schema = try Schema([model])
        let merges = JudgedMerges()
        var seen = Array(repeating: (version: Int64(1), value: Int64(0)), count: 4)
        var sent: [(Int, String)] = [(0, #""n":0"#)]
        var sum: Int64 = 0
        func upload(_ user: Int, _ payload: String) throws -> WriteOutcome {
            let identity = Fixture.identity("\(user)")
            let write = try Fixture.write(payload, of: model, by: identity)
            return merges.commit(WriteBatch(author: .client(identity), writes: [write]), schema)[0]
        }
        #expect(try upload(0, sent[0].1).accepted != nil)
        for _ in 0..<200 {
            let user = generator.upTo(3)
            if generator.once(in: 3) {
                let (user, payload) = generator.pick(sent)
                #expect(try upload(user, payload).repeated != nil)
            } else {
                let difference = Int64(1 + generator.upTo(5)) * (generator.once(in: 2) ? 1 : -1)
                let payload = #""n":\#(seen[user].value + difference),"version":\#(seen[user].version)"#
                let record = try #require(try upload(user, payload).accepted)
                sent.append((user, payload))
                sum += difference
                guard case .int(let value)? = record.fields["n"] else { preconditionFailure("It is a number.") }
                #expect(value == sum)
                seen[user] = (record.version.number, value)
            }
        }
    }
}
