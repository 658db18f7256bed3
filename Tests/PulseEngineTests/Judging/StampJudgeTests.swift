import PulseEngine
import PulseModel
import Testing

/// What becomes of writes that name the stamp that their writer had seen.
@Suite struct StampJudgeTests {
    enum Parent: CaseIterable { case none, older, same, newer }

    private static let stored = HybridTime(ticks: 5_000)
    private static let id = DocumentID.text("x")

    private static func stamp(_ parent: Parent) -> HybridTime? {
        switch parent {
        case .none: nil
        case .older: HybridTime(ticks: 4_999)
        case .same: stored
        case .newer: HybridTime(ticks: 5_001)
        }
    }

    private static func collection(_ deletion: ConflictRules.Deletion) -> Model {
        try! Model(collection: ModelName("item")!, audience: .user, deletion: deletion)
    }

    private static func document(_ value: Int64) -> FieldValues {
        try! FieldValues(document: id, [JSONObject.Member(key: "v", value: .int(value))])
    }

    private static func record(
        _ state: Record.State, of model: Model, scope: Scope = .ann, writer: UserID? = nil, parent: HybridTime? = nil
    ) -> Record {
        Record(
            key: RecordKey(model: model.name, syncID: SyncID(of: id, in: .ann)), id: 5, version: Version(5),
            stamp: stored,
            parent: parent, scope: scope, state: state,
            fields: state == .deleted ? FieldValues(deletedDocument: id) : document(1),
            origin: .init(writer: writer, base: .zero), created: Fixture.now, updated: Fixture.now)
    }

    private func judge(
        _ action: Write.Action, seen parent: HybridTime?, on record: Record?, of model: Model,
        by identity: Identity = Fixture.ann, resolve: RecordConflict.Resolution? = nil
    ) -> WriteOutcome {
        let key = RecordKey(model: model.name, syncID: SyncID(of: Self.id, in: .ann))
        return Judge.judge(
            Write(key: key, basis: .stamp(parent), scope: .ann, action: action), by: .client(identity), on: record,
            of: model, as: LogHead(version: Version(9), stamp: HybridTime(ticks: 9_000)), now: Fixture.now,
            resolve: resolve)
    }

    private func name(_ outcome: WriteOutcome) -> String {
        switch outcome {
        case .accepted: "accepted"
        case .resolved: "resolved"
        case .repeated: "repeated"
        case .answered: "answered"
        case .conflict: "conflict"
        case .rejected(let error): error.message
        }
    }

    @Test(arguments: ConflictRules.Deletion.allCases)
    func whatIsNotThereIsCreatedWhateverTheWriterHadSeen(deletion: ConflictRules.Deletion) {
        for parent in Parent.allCases {
            let outcome = judge(
                .replace(Self.document(2), isDeleted: false), seen: Self.stamp(parent), on: nil,
                of: Self.collection(deletion))
            #expect(outcome.accepted?.stamp == HybridTime(ticks: 9_000))
            #expect(outcome.accepted?.parent == Self.stamp(parent))
        }
    }

    @Test(arguments: ConflictRules.Deletion.allCases)
    func onALiveDocumentTheStampsDecide(deletion: ConflictRules.Deletion) {
        let model = Self.collection(deletion)
        for isDeleted in [false, true] {
            let names = Parent.allCases.map {
                name(
                    judge(
                        .replace(Self.document(2), isDeleted: isDeleted), seen: Self.stamp($0),
                        on: Self.record(.live, of: model), of: model))
            }
            #expect(names == ["conflict", "conflict", "accepted", "resolved"])
        }
    }

    @Test(arguments: [
        (ConflictRules.Deletion.resurrect, ["conflict", "conflict", "accepted", "resolved"]),
        (.deleteWins, ["conflict", "conflict", "accepted", "conflict"]),
        (
            .rejectUpdate,
            [
                "Update rejected for deleted document: x", "Update rejected for deleted document: x", "accepted",
                "Update rejected for deleted document: x",
            ]
        ),
    ])
    func onADeletedDocumentTheCollectionsRuleDecides(deletion: ConflictRules.Deletion, expected: [String]) {
        let model = Self.collection(deletion)
        let deleted = Self.record(.deleted, of: model)
        let names = Parent.allCases.map {
            name(
                judge(.replace(Self.document(2), isDeleted: false), seen: Self.stamp($0), on: deleted, of: model))
        }
        #expect(names == expected)
        let again = judge(
            .replace(FieldValues(deletedDocument: Self.id), isDeleted: true), seen: Self.stamp(.newer), on: deleted,
            of: model)
        #expect(again.resolved != nil)
    }

    @Test func theApplicationsFunctionMakesOneOfTwoDocuments() {
        let model = Self.collection(.resurrect)
        let names = Parent.allCases.map { parent -> String in
            let outcome = judge(
                .replace(Self.document(2), isDeleted: false), seen: Self.stamp(parent),
                on: Self.record(.live, of: model), of: model
            ) { conflict in
                guard case .int(let stored)? = conflict.stored.fields["v"],
                    case .int(let incoming)? = conflict.incoming["v"]
                else { return nil }
                return ["v": .int(10 * stored + incoming), "_id": .string("forged")]
            }
            return name(outcome) + " " + String(decoding: outcome.record!.fields.bytes, as: UTF8.self)
        }
        #expect(
            names == [
                #"resolved "_id":"x","v":12"#, #"resolved "_id":"x","v":12"#, #"accepted "_id":"x","v":2"#,
                #"resolved "_id":"x","v":2"#,
            ])
        let undecided = judge(
            .replace(Self.document(2), isDeleted: false), seen: nil, on: Self.record(.live, of: model), of: model
        ) { _ in nil }
        #expect(undecided.conflict != nil)
    }

    @Test func aModelsRecordsAreJudgedByStampsToo() throws {
        let model = Fixture.task
        let patch = try FieldPatch(
            [JSONObject.Member(key: "title", value: .string("B"))], for: model, by: .client, ignoring: { _ in false })
        for (state, expected) in [
            (Record.State.live, ["conflict", "conflict", "accepted", "resolved"]),
            (
                .deleted,
                [
                    "Update rejected for deleted document: \(SyncID(of: Self.id, in: .ann))",
                    "Update rejected for deleted document: \(SyncID(of: Self.id, in: .ann))", "accepted",
                    "Update rejected for deleted document: \(SyncID(of: Self.id, in: .ann))",
                ]
            ),
        ] {
            let stored = Record(
                key: RecordKey(model: model.name, syncID: SyncID(of: Self.id, in: .ann)), id: 5, version: Version(5),
                stamp: Self.stored, scope: .ann, state: state, fields: Fixture.record(1, version: 5).fields,
                origin: .init(writer: nil, base: .zero), created: Fixture.now, updated: Fixture.now)
            let names = Parent.allCases.map {
                name(judge(.patch(patch, isDeleted: nil), seen: Self.stamp($0), on: stored, of: model))
            }
            #expect(names == expected)
        }
    }

    @Test func theSameWriteAgainIsAConflictAsItMayBeAnotherDevices() {
        let model = Self.collection(.resurrect)
        for parent in [nil, HybridTime(ticks: 4_000)] {
            let stored = Self.record(.live, of: model, writer: Fixture.ann.user, parent: parent)
            #expect(
                judge(.replace(Self.document(1), isDeleted: false), seen: parent, on: stored, of: model).conflict
                    == stored)
        }
    }

    @Test(arguments: Parent.allCases) func aRecordOfAnotherScopeIsNotToldOf(parent: Parent) {
        let model = Self.collection(.rejectUpdate)
        for state in [Record.State.live, .deleted] {
            let outcome = judge(
                .replace(Self.document(2), isDeleted: false), seen: Self.stamp(parent),
                on: Self.record(state, of: model, scope: .bob), of: model)
            #expect(outcome.rejection == "sync_id: cannot be used here")
        }
    }
}
