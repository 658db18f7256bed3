import PulseEngine
import PulseModel

extension StoreConformance {
    static let selectionCases = [
        Case("A selection has the live and soft-deleted records of one model, of one scope or of all") { store in
            try await expect(store.selected(RecordSelection(model: task)), is: [], "the records of an empty store")
            var drafts = (0..<30).map { Draft($0, in: user("\($0 % 3)")) }
            for index in 30..<40 { drafts.append(Draft(note, index, in: user("1"))) }
            try await store.write(drafts)
            var deleted = drafts[4]
            deleted.state = .deleted
            try await store.write([deleted, drafts[7].erased()])
            try await expect(
                store.selected(RecordSelection(model: task)),
                is: Set((0..<30).filter { $0 != 7 }.map { id($0) }), "all records")
            try await expect(
                store.selected(RecordSelection(model: task, scope: user("1"))),
                is: Set((0..<30).filter { $0 % 3 == 1 && $0 != 7 }.map { id($0) }), "the records of a user")
            try await expect(
                store.selected(RecordSelection(model: task, scope: user("9"))), is: [], "the records of nobody")
        },
        Case("A selection leaves out no record that has the members asked for") { store in
            let titles = ["a", "", "\u{E9}\"\\", "a\u{0}", "a"]
            try await store.write(titles.enumerated().map { Draft($0, in: user("1"), title: $1) })
            for (index, title) in titles.enumerated() {
                let members = [Draft.fields(title: title).bytes]
                let found = try await store.selected(RecordSelection(model: task, scope: user("1"), members: members))
                try expect(found.contains(id(index)), "'\(title)' is found")
            }
        },
        Case("A selection ends where its reader has enough") { store in
            try await store.write((0..<200).map { Draft($0, in: .global) })
            let count = try await store.fold(RecordSelection(model: task), into: 0) { count, _ in
                count += 1
                return count < 5
            }
            try expect(count, is: 5, "the records that were looked at")
        },
        Case("A selection is of one moment: it never has half of a commit") { store in
            try await store.write((0..<20).map { Draft($0, in: .global, title: "0") })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 1...15 {
                        try await store.write((0..<20).map { Draft($0, in: .global, title: "\(round)") })
                    }
                }
                for _ in 0..<15 {
                    let found = try await store.fold(RecordSelection(model: task), into: [FieldValues]()) {
                        $0.append($1.fields)
                        return true
                    }
                    try expect(found.count, is: 20, "the records")
                    try expect(Set(found).count, is: 1, "the commits they are of")
                }
                try await group.waitForAll()
            }
        },
    ]
}

extension ChangeStore {
    fileprivate func selected(_ selection: RecordSelection) async throws(StoreError) -> Set<SyncID> {
        try await fold(selection, into: []) { $0.insert($1.key.syncID).inserted }
    }
}
