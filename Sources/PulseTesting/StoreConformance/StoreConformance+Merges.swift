import PulseEngine
import PulseModel

extension StoreConformance {
    static let mergeCases = [
        Case("Edits of two devices are merged by the rules of their model, whatever the store") { store in
            let bench = StoredMerges(store: store)
            for (number, story) in MergeCase.all.enumerated() { try await story.play(on: bench, record: number) }
        },
        Case("Whatever devices upload, a store brings it together as it is without one") { store in
            let stored = StoredMerges(store: store)
            let judged = JudgedMerges()
            var edits = RandomEdits(seed: 5)
            for step in 0..<200 {
                let (write, isRepeat) = try edits.next()
                let batch = WriteBatch(author: .client(Identity(user: UserID("1")!)), writes: [write])
                let expected = judged.commit(batch, RandomEdits.schema)[0]
                let found = try await stored.commit(batch, RandomEdits.schema, [:])[0]
                if !isRepeat { edits.note(write, expected) }
                try expect("\(found)", is: "\(expected)", "step \(step): what becomes of an upload")
                try expect(
                    try await stored.record(write.key), is: judged.record(write.key), "step \(step): the record")
            }
            try expect(try await store.head(), is: judged.head, "the head")
        },
    ]
}
