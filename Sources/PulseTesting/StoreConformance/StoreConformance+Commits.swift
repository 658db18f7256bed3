import PulseEngine
import PulseModel
import Synchronization

extension StoreConformance {
    static let commitCases = [
        Case("An empty store has no head, no records and no pages") { store in
            try expect(try await store.head(), is: .zero, "the head")
            let key = RecordKey(model: task, syncID: id(1))
            try expect(try await store.record(key) == nil, "there is no record")
            for reach in [
                LogQuery.Reach.everything(after: .zero), .lanes([.init(model: task, scope: user("1"), after: .zero)]),
            ] {
                let page = try await store.read(LogQuery(reach, upTo: .zero))
                try expect(page.records, are: [], "the page")
                try expect(page.reached, is: .zero, "what the page reaches")
            }
            let found = try await store.commit(loading: [key]) { head, records in ([], (head, records.count)) }
            try expect(found == (.zero, 0), "a commit finds nothing either")
        },
        Case("Versions follow each other without a gap, over models and scopes") { store in
            var expected: [Record] = []
            for size in [1, 3, 1, 100, 2] {
                let head = Version(Int64(expected.count))
                try expect(try await store.head(), is: head, "the head before a commit of \(size)")
                let drafts = (0..<size).map { index in
                    let index = index + expected.count
                    return switch index % 3 {
                    case 0: Draft(task, index, in: user("\(index % 5)"))
                    case 1: Draft(note, index, in: group("a"))
                    default: Draft(setting, index, in: .global)
                    }
                }
                expected += try await store.write(drafts)
            }
            try expect(try await store.head(), is: Version(107), "the head")
            try expect(expected.map(\.version.number) == Array(1...107), "each commit saw the head before it")
            try expect(try await store.walk(.everything(after: .zero), upTo: Version(107)), are: expected, "the log")
        },
        Case("A commit loads the records of its keys as they are, tombstones too, and no others") { store in
            let drafts = (0..<4).map { Draft($0, in: user("1"), title: "first") }
            try await store.write(drafts)
            let changed = try await store.write([Draft(1, in: user("1"), title: "second"), drafts[2].erased()])
            let first = try await store.record(drafts[0].key)
            let twin = RecordKey(model: note, syncID: id(0))
            let keys = Set(drafts.prefix(3).map(\.key) + [RecordKey(model: task, syncID: id(99)), twin])
            let (head, loaded) = try await store.commit(loading: keys) { head, records in ([], (head, records)) }
            try expect(head, is: LogHead(at: Version(6)), "the head")
            try expect(loaded.count, is: 3, "the number of records loaded")
            try expect(loaded[drafts[0].key], is: first, "a record written once")
            try expect(loaded[drafts[1].key], is: changed[0], "a record written twice")
            try expect(loaded[drafts[2].key], is: changed[1], "a tombstone")
        },
        Case("A commit that decides to change nothing writes nothing, and returns its outcome") { store in
            let before = try await store.write([Draft(1, in: user("1"))])
            for _ in 0..<3 {
                let outcome = try await store.commit(loading: [Draft(1, in: .global).key]) { head, _ in
                    ([], "seen \(head.version)")
                }
                try expect(outcome, is: "seen 1", "the outcome")
            }
            try expect(try await store.head(), is: Version(1), "the head")
            try expect(try await store.walk(.everything(after: .zero), upTo: Version(1)), are: before, "the log")
            let next = try await store.write([Draft(2, in: user("1"))])
            try expect(next[0].version, is: Version(2), "the next version")
        },
        Case("A commit need not load a record to write a new one, nor write one that it loads") { store in
            let old = Draft(1, in: user("1"))
            try await store.write([old])
            let new = Draft(2, in: user("1")).record(at: LogHead(at: Version(2)), over: nil)
            try await store.commit(loading: [old.key]) { _, _ in ([new], ()) }
            try expect(try await store.record(new.key), is: new, "the new record")
            try expect(try await store.head(), is: Version(2), "the head")
        },
        Case("A record that is written again is in the log once, at its last version") { store in
            let drafts = (0..<5).map { Draft($0, in: user("1"), title: "first") }
            let first = try await store.write(drafts)
            let again = try await store.writeEach([drafts[0], drafts[3], drafts[0], drafts[4]])
            let expected = [first[1], first[2], again[1], again[2], again[3]]
            try expect(try await store.head(), is: Version(9), "the head")
            try expect(try await store.walk(.everything(after: .zero), upTo: Version(9)), are: expected, "the log")
            try expect(
                try await store.walk(.everything(after: Version(6)), upTo: Version(9)), are: Array(expected.suffix(3)),
                "the log behind version 6")
            try expect(
                try await store.walk(.everything(after: .zero), upTo: Version(6)), are: Array(expected.prefix(2)),
                "the log up to a version that was superseded")
        },
        Case("A record that is written several times in one commit is there as it was written last") { store in
            let draft = { Draft($0, in: user("1"), title: $1) }
            let first = try await store.write([draft(1, "a"), draft(2, "a"), draft(1, "b"), draft(1, "c")])
            try expect(
                try await store.walk(.everything(after: .zero), upTo: Version(4)), are: [first[1], first[3]], "the log")
            try expect(try await store.head(), is: Version(4), "the head")
            let second = try await store.write([draft(1, "d"), draft(1, "e"), draft(2, "b").erased(), draft(2, "c")])
            try expect(
                try await store.walk(.everything(after: .zero), upTo: Version(8)), are: [second[1], second[3]],
                "the log")
            try expect(try await store.record(first[3].key), is: second[1], "the record")
            try expect(second[1].id, is: 1, "the id of the record, which stays its first version")
        },
        Case("One sync id in two models is two records") { store in
            let records = try await store.write([
                Draft(task, 1, in: user("1")), Draft(note, 1, in: group("1")), Draft(setting, 1, in: .global),
            ])
            for record in records { try expect(try await store.record(record.key), is: record, "a twin") }
            let changed = try await store.write([Draft(note, 1, in: group("1"), title: "changed")])
            try expect(
                try await store.walk(.everything(after: .zero), upTo: Version(4)),
                are: [records[0], records[2], changed[0]],
                "the log")
        },
        Case("A tombstone stands in the log like any record, and may come back to life") { store in
            let draft = Draft(1, in: user("1"), title: "a")
            try await store.write([draft, Draft(2, in: user("1"))])
            let tombstone = try await store.write([draft.erased()])[0]
            try expect(tombstone.fields, is: .none, "the fields of a tombstone")
            try expect(try await store.record(draft.key), is: tombstone, "the record")
            try expect(
                try await store.walk(.everything(after: Version(2)), upTo: Version(3)), are: [tombstone], "the log")
            let lane = LogQuery.Lane(model: task, scope: user("1"), after: Version(2))
            try expect(try await store.walk(.lanes([lane]), upTo: Version(3)), are: [tombstone], "the lane")
            let alive = try await store.write([draft])[0]
            try expect(try await store.record(draft.key), is: alive, "the record")
            try expect(alive.id, is: tombstone.id, "its id")
        },
    ]
}
