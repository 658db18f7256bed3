import PulseEngine
import PulseModel

extension StoreConformance {
    static let propertyCase = Case("Whatever is written and read, a store does what the simplest one does") { store in
        var generator = SeededGenerator(seed: 20_260_228)
        var model = LogModel()
        for step in 0..<400 {
            do {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0..<5:
                    let drafts = (0..<Int.random(in: 0...8, using: &generator)).map { _ in randomDraft(&generator) }
                    let expected = model.write(drafts)
                    try expect(try await store.write(drafts), are: expected, "what is written")
                case 5..<8:
                    let query = randomQuery(upTo: model.head, &generator)
                    let found = try await store.walk(
                        query.reach, upTo: query.upTo, maximumRecords: query.maximumRecords,
                        maximumBytes: query.maximumBytes)
                    try expect(found, are: model.read(query.reach, upTo: query.upTo), "what is read by \(query)")
                case 8:
                    let key = randomDraft(&generator).key
                    try expect(try await store.record(key), is: model.records[key], "the record \(key)")
                default:
                    try expect(try await store.head(), is: model.head, "the head")
                }
            } catch {
                throw Failure("step \(step): \(error)")
            }
        }
        let everything = LogQuery.Reach.everything(after: .zero)
        try expect(
            try await store.walk(everything, upTo: model.head), are: model.read(everything, upTo: model.head),
            "the log in the end")
    }

    static let scopes =
        [Scope.global] + confusingNames.prefix(5).map(user) + confusingNames.prefix(5).map(group)

    /// One of 90 records, each of which stays in its scope.
    static func randomDraft(_ generator: inout SeededGenerator) -> Draft {
        let index = Int.random(in: 0..<30, using: &generator)
        let model = [task, note, setting].randomElement(using: &generator)!
        let title = String(repeating: "x", count: Int.random(in: 0...400, using: &generator))
        var draft = Draft(model, index, in: scopes[index % scopes.count], title: title)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: draft = draft.erased()
        case 1: draft.state = .deleted
        default: break
        }
        let writer = Bool.random(using: &generator) ? UserID(confusingNames.randomElement(using: &generator)!) : nil
        draft.origin = .init(writer: writer, base: Version(Int64.random(in: 0...100, using: &generator)))
        draft.moment = Timestamp(microseconds: Int64.random(in: .min ... .max, using: &generator))
        return draft
    }

    private static func randomQuery(upTo head: Version, _ generator: inout SeededGenerator) -> LogQuery {
        let upTo = Version(Int64.random(in: 0...head.number, using: &generator))
        let randomStart = { (generator: inout SeededGenerator) in
            Version(Int64.random(in: 0...upTo.number, using: &generator))
        }
        let reach: LogQuery.Reach
        if Bool.random(using: &generator) {
            reach = .everything(after: randomStart(&generator))
        } else {
            var lanes: [LogQuery.Lane] = []
            for model in [task, note, setting] {
                for scope in scopes where Int.random(in: 0..<3, using: &generator) == 0 {
                    lanes.append(.init(model: model, scope: scope, after: randomStart(&generator)))
                }
            }
            reach = .lanes(lanes)
        }
        return LogQuery(
            reach, upTo: upTo, maximumRecords: Int.random(in: 1...40, using: &generator),
            maximumBytes: [1, 300, 2_000, 1 << 20].randomElement(using: &generator)!)
    }
}
