import NIOCore
import PulseEngine
import PulseModel
import PulseWire
import Testing

/// Connections that are sent entries, on a shard of their own.
@Suite struct EntryTests {
    private static let parts = try! Model(collection: ModelName("parts")!, audience: .user)
    private static let schema = try! Schema(Fixture.schema.models + [parts])

    private let bench = ShardBench((1...3).map { Fixture.record($0, version: Int64($0)) })

    private func stream(
        after version: Int64, of models: [Model] = schema.models, _ identity: Identity = Fixture.ann,
        scopeID: String? = nil
    ) -> FakeOutlet {
        subscribe(after: version, of: models, identity, scopeID: scopeID).outlet
    }

    private func subscribe(
        after version: Int64, of models: [Model] = schema.models, _ identity: Identity = Fixture.ann,
        scopeID: String? = nil
    ) -> (subscriber: Subscriber, outlet: FakeOutlet) {
        let outlet = FakeOutlet()
        let reader = identity.reading(models, scopeID: scopeID, of: Self.schema)
        let subscriber = Subscriber(
            identity: reader, schema: Self.schema, shard: bench.shard, pages: bench.pages, outlet: outlet,
            entriesAfter: Version(version))
        return (subscriber, outlet)
    }

    private func commit(_ records: Record...) {
        bench.append(records)
        bench.shard.deliver(
            Delivery(
                FrameRun.runs(of: records, schema: Self.schema, in: .entries), upTo: records.last!.version,
                coverage: bench.interest.generation))
        bench.loop.run()
    }

    private static func part(_ number: Int, version: Int64) -> Record {
        let id = DocumentID.number(Int64(number))
        return Record(
            key: RecordKey(model: parts.name, syncID: SyncID(of: id, in: .ann)), id: version, version: Version(version),
            scope: .ann, state: .live, fields: try! FieldValues(document: id, []),
            origin: Record.Origin(writer: nil, base: .zero), created: Fixture.now, updated: Fixture.now)
    }

    @Test func theBacklogComesFirstAndThenTheNewsEachOnce() {
        let outlet = stream(after: 1)
        commit(Fixture.record(4, version: 4))
        bench.settle(maximumRecords: 1)
        commit(Fixture.record(5, version: 5, state: .erased), Self.part(7, version: 6))
        #expect(
            outlet.entries() == [
                "upsert task @2", "upsert task @3", "upsert task @4", "delete task @5", "upsert parts 7@6",
            ])
        #expect(bench.pages.requests.isEmpty)
    }

    @Test func theBacklogHasWhatWasErased() {
        commit(Fixture.record(2, version: 4, state: .erased))
        let outlet = stream(after: 0)
        bench.settle()
        #expect(outlet.entries() == ["upsert task @1", "upsert task @3", "delete task @4"])
    }

    @Test func aClientThatIsAheadOfItsWorkerIsSentNothingTwice() {
        let outlet = stream(after: 5)
        commit(Fixture.record(4, version: 4))
        commit(Fixture.record(5, version: 5), Fixture.record(6, version: 6))
        bench.settle()
        commit(Fixture.record(7, version: 7))
        #expect(outlet.entries() == ["upsert task @6", "upsert task @7"])
    }

    @Test func aSlowClientReadsOnFromTheLog() {
        let (subscriber, outlet) = subscribe(after: 3)
        bench.settle()
        outlet.isWritable = false
        for version in 4...6 { commit(Fixture.record(version - 3, version: Int64(version))) }
        #expect(outlet.entries() == [] && bench.pages.requests.isEmpty)
        outlet.isWritable = true
        subscriber.outletBecameWritable()
        bench.settle()
        commit(Fixture.record(9, version: 7))
        #expect(outlet.entries() == ["upsert task @4", "upsert task @5", "upsert task @6", "upsert task @7"])
    }

    @Test func onlyWhatIsAskedForIsSent() {
        let ann = Fixture.identity("1", teams: "red", "blue")
        let outlets = [
            stream(after: 3, of: [Self.parts, Fixture.board], ann), stream(after: 3, ann, scopeID: "red"),
            stream(after: 3, ann, scopeID: "1"), stream(after: 3, ann, scopeID: "green"),
            stream(after: 3, Fixture.bob),
        ]
        bench.settle()
        commit(
            Fixture.record(4, version: 4), Self.part(5, version: 5),
            Fixture.record(6, version: 6, of: Fixture.board, scope: .group(Fixture.red)),
            Fixture.record(7, version: 7, of: Fixture.board, scope: .group(Fixture.blue)),
            Fixture.record(8, version: 8, of: Fixture.bulletin, scope: .global))
        #expect(
            outlets.map { $0.entries() } == [
                ["upsert parts 5@5", "upsert board @6", "upsert board @7"],
                ["upsert board @6", "upsert bulletin @8"],
                ["upsert task @4", "upsert parts 5@5", "upsert bulletin @8"],
                ["upsert bulletin @8"], ["upsert bulletin @8"],
            ])
    }

    @Test func thePulseProtocolHasNoWordsForDocuments() {
        let records = [Self.part(1, version: 1), Fixture.record(2, version: 2), Self.part(3, version: 3)]
        #expect(FrameRun.runs(of: records, schema: Self.schema).map(\.first) == [Version(2)])
        let entries = FrameRun.runs(of: records, schema: Self.schema, in: .entries)
        #expect(entries.map(\.first) == [Version(1), Version(2), Version(3)])
    }
}

extension FakeOutlet {
    /// Takes all entries that have left, each in a few words: `upsert task @3`, `delete parts 7@4`.
    fileprivate func entries() -> [String] {
        var texts: [String] = []
        while let length = Frame.length(in: sent), let frame = takeFrame(of: length) {
            let short = frame[1]
            let value = try! JSONValue.parse(Array(frame.dropFirst(short < 126 ? 2 : short == 126 ? 4 : 10)))
            guard case .object(let entry) = value, let version = HybridTime(entry["version"]!.text!) else {
                preconditionFailure("It is an entry.")
            }
            var id = ""
            if case .int(let number)? = entry["doc_id"] { id = String(number) }
            texts.append("\(entry["operation"]!.text!) \(entry["collection"]!.text!) \(id)@\(version.ticks)")
        }
        return texts
    }
}
