import PulseEngine
import PulseModel

extension CopyConformance {
    typealias Failure = StoreConformance.Failure

    static let schema = StoreConformance.schema
    static let sourceName = "the source"

    /// A source with a log of records of all kinds: superseded, deleted, erased, purged, with fields of every kind, and of a
    /// model that is no longer declared.
    func makeFilledSource() async throws -> any StorePlace {
        let place = try await makeSource()
        let gone = ModelName("gone")!
        let field = try Field("title", .text, isNullable: true)
        let formerSchema = try Schema(Self.schema.models + [Model(gone, audience: .global, fields: [field])])
        let former = try await place.open(formerSchema)
        try await former.write((0..<5).map { Draft(gone, $0, in: .global, title: "\($0)") })

        let store = try await place.open(Self.schema)
        let task = Self.schema[StoreConformance.task]!
        for (index, patch) in StoreConformance.patches.enumerated() {
            guard case .object(let object) = try JSONValue.parse(patch) else { throw Failure("no object: \(patch)") }
            var draft = Draft(1_000 + index, in: StoreConformance.user("1"))
            draft.fields = try FieldValues.none.merged(
                with: FieldPatch(object.members, for: task, by: .server, ignoring: { _ in false }), in: task)
            try await store.write([draft])
        }
        var generator = SeededGenerator(seed: 20_261_121)
        for _ in 0..<30 { try await store.write(Self.randomDrafts(&generator)) }
        let purge = LogPurge(task.name, leaving: .deleted, upTo: try await store.head())
        try expect(try await store.purge(purge, maximumRecords: 2), is: 2, "the records that were purged")
        return place
    }

    /// A source with seven records of one user, of which one was written twice: no record has version 2.
    func makeSmallSource() async throws -> any StorePlace {
        let place = try await makeSource()
        let drafts = (0..<7).map { Draft($0, in: StoreConformance.user("1"), title: "\($0)") }
        let store = try await place.open(Self.schema)
        try await store.write(drafts)
        try await store.write([drafts[1]])
        return place
    }

    static func randomDrafts(_ generator: inout SeededGenerator) -> [Draft] {
        (0..<Int.random(in: 1...8, using: &generator)).map { _ in StoreConformance.randomDraft(&generator) }
    }
}

extension StorePlace {
    /// Copies this store's log to another place, with small pages.
    ///
    /// - Parameters:
    ///   - onHead: what the source does when it is asked for its head.
    ///   - onTake: what the target does when it is given a page.
    @discardableResult
    func copy(
        to target: any StorePlace, named name: String = CopyConformance.sourceName,
        onHead: @escaping DisturbedStore.Head = { store throws(StoreError) in try await store.head() },
        onTake: @escaping DisturbedStore.Take = { page, store throws(StoreError) in try await store.take(page) },
        reporting report: (CopyProgress) -> Void = { _ in }
    ) async throws -> CopySummary {
        let source = DisturbedStore(store: try await openForCopying(), onHead: onHead)
        let target = DisturbedStore(store: try await target.openForCopying(), onTake: onTake)
        return try await StoreCopy(from: source, named: name, to: target, maximumPageRecords: 7).run(reporting: report)
    }

    func log() async throws -> [Record] {
        let store = try await openForCopying()
        return try await store.walk(.everything(after: .zero), upTo: try await store.head())
    }

    /// Compares this store with the one that it is a copy of, and writes to it.
    func expectCopy(of source: any StorePlace) async throws {
        let expected = try await source.log()
        let head = try await source.openForCopying().head()
        let history = try await source.openForCopying().history()
        let copy = try await openForCopying()
        try expect(try await copy.head(), is: head, "the head of the copy")
        try expect(try await copy.history(), is: history, "the history of the copy")
        try expect(try await copy.floors(), is: try await source.openForCopying().floors(), "the floors of the copy")
        try expect(try await log(), are: expected, "the log of the copy")

        let served = try await open(CopyConformance.schema)
        for record in expected { try expect(try await served.record(record.key), is: record, "a record of the copy") }
        for model in CopyConformance.schema.models {
            for scope in StoreConformance.scopes {
                let lane = LogQuery.Lane(model: model.name, scope: scope, after: Version(head.number / 2))
                let records = try await served.walk(.lanes([lane]), upTo: head)
                try expect(records, are: expected.filter(LogQuery.Reach.lanes([lane]).contains), "a lane of the copy")
            }
        }
        let next = try await served.write([Draft(1, in: StoreConformance.user("1"), title: "next")])
        try expect(next[0].version, is: head.next, "the version of the next write")
        try expect(try await served.head(), is: head.next, "the head after the next write")
    }

    /// Tries to serve the store, and to copy from it.
    func expectUnfinished(of source: String = CopyConformance.sourceName) async throws {
        let error = try await expectError(StoreError.self, "opening an unfinished copy") {
            _ = try await open(CopyConformance.schema)
        }
        try expect(error.code, is: .unusable, "the code of the refusal")
        try expect(error.message.contains("unfinished copy of \(source)"), "'\(error)' says what it is")
        let history = try await expectError(StoreError.self, "copying from an unfinished copy") {
            _ = try await openForCopying().history()
        }
        try expect(history.code, is: .unusable, "the code of the refusal to be a source")
    }
}

/// Runs `body`, which has to throw an error of this kind.
func expectError<Failure: Error>(
    _ type: Failure.Type, _ what: String, _ body: () async throws -> Void
) async throws -> Failure {
    do {
        try await body()
    } catch let error as Failure {
        return error
    }
    throw StoreConformance.Failure("not so: \(what) fails")
}
