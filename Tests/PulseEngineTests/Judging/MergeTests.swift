import PulseEngine
import PulseModel
import PulseTesting
import Testing

@Suite struct MergeTests {
    @Test(arguments: MergeCase.all) func aStoryEndsAsTheTableSays(story: MergeCase) async throws {
        try await story.play(on: JudgedMerges(), record: 1)
    }

    // MARK: One model

    /// A record that several uploads are about, one after the other, and what becomes of each.
    private struct Stage {
        let model: Model
        let merges = JudgedMerges()
        var resolve: RecordConflict.Resolution?

        init(_ rules: ConflictRules, _ fields: [Field], unknownFields: Model.UnknownFields = .reject) throws {
            model = try Model(
                Fixture.task.name, audience: .user, fields: fields, unknownFields: unknownFields, conflicts: rules)
        }

        func commit(_ writes: [Write], by author: Author) throws -> [WriteOutcome] {
            merges.commit(
                WriteBatch(author: author, writes: writes), try Schema([model]),
                resolve.map { [model.name: $0] } ?? [:])
        }

        func upload(_ payload: String) throws -> WriteOutcome {
            try commit([try Fixture.write(payload, of: model)], by: .client(Fixture.ann))[0]
        }

        func erase() throws {
            let write = Write(key: Fixture.key(1), base: nil, scope: nil, action: .erase)
            _ = try commit([write], by: .server)
        }

        var text: String { String(decoding: merges.record(Fixture.key(1))?.fields.bytes ?? [], as: UTF8.self) }
    }

    private static let counter = try! [Field("n", .int, default: .int(0), conflict: .counter), Field("a", .text)]

    /// Found here: both went from 10 to 11, and only one of them was counted.
    @Test func twoThatCountToTheSameNumberAreBothCounted() throws {
        for merge in ConflictRules.Merge.allCases {
            let stage = try Stage(ConflictRules(.clientWins, merge: merge), Self.counter)
            _ = try stage.upload(#""n":10"#)
            #expect(try stage.upload(#""n":11,"version":1"#).accepted != nil)
            #expect(try stage.upload(#""n":11,"a":"x","version":1"#).accepted != nil)
            #expect(stage.text == #""n":12,"a":"x""#)
        }
    }

    @Test func aCounterWhoseBaseIsForgottenIsAConflict() throws {
        let stage = try Stage(ConflictRules(.clientWins, history: .init(versions: 1)), Self.counter)
        for version in 0...3 { _ = try stage.upload(#""n":\#(version),"version":\#(version)"#) }
        #expect(try stage.upload(#""n":5,"version":2"#).conflict?.version == Version(4))
        #expect(try stage.upload(#""n":7,"version":3"#).accepted != nil)
        #expect(stage.text == #""n":8,"a":"""#)
    }

    @Test func aCounterThatWouldOverflowIsAConflict() throws {
        let stage = try Stage(ConflictRules(.clientWins), Self.counter)
        _ = try stage.upload(#""n":0"#)
        _ = try stage.upload(#""n":9223372036854775807,"version":1"#)
        #expect(try stage.upload(#""n":1,"version":1"#).conflict != nil)
        #expect(try stage.upload(#""n":-1,"version":1"#).accepted != nil)
        #expect(stage.text == #""n":9223372036854775806,"a":"""#)
    }

    @Test func aFieldThatIsNotDeclaredIsMergedLikeOthers() throws {
        let stage = try Stage(ConflictRules(merge: .fields), [Field("a", .text)], unknownFields: .keep)
        _ = try stage.upload(#""a":"1","x":1"#)
        _ = try stage.upload(#""a":"2","y":1,"version":1"#)
        #expect(try stage.upload(#""x":2,"z \"":3,"version":1"#).accepted != nil)
        #expect(stage.text == #""a":"2","x":2,"y":1,"z \"":3"#)
        #expect(try stage.upload(#""y":2,"version":1"#).conflict != nil)
    }

    @Test func theFieldThatTellsTheLastWriterNeverRunsBackwards() throws {
        let fields = try [Field("a", .text, conflict: .lastWriter(by: "at")), Field("at", .int, default: .int(0))]
        for rules in [ConflictRules(merge: .fields), ConflictRules(.clientWins)] {
            let stage = try Stage(rules, fields)
            _ = try stage.upload(#""a":"1","at":1"#)
            _ = try stage.upload(#""a":"2","at":5,"version":1"#)
            #expect(try stage.upload(#""a":"3","at":4,"version":1"#).repeated != nil)
            #expect(try stage.upload(#""a":"3","version":1"#).repeated != nil)
            #expect(try stage.upload(#""a":"4","at":5,"version":1"#).repeated != nil)
            #expect(try stage.upload(#""a":"5","at":6,"version":1"#).accepted != nil)
            #expect(stage.text == #""a":"5","at":6"#)
        }
    }

    @Test func aHistoryLengthAloneChangesNothing() throws {
        let stage = try Stage(ConflictRules(history: .init(versions: 5)), [Field("a", .text, conflict: .reject)])
        #expect(!stage.model.mergesConflicts)
        _ = try stage.upload(#""a":"1""#)
        _ = try stage.upload(#""a":"2","version":1"#)
        #expect(try stage.upload(#""a":"2""#).conflict != nil)
        #expect(stage.merges.record(Fixture.key(1))?.history == RecordHistory.none)
    }

    @Test func aRecordFromBeforeTheRulesIsMergedWithoutAnAncestor() throws {
        let fields = try [Field("a", .text), Field("b", .text)]
        let older = try Stage(.reject, fields)
        _ = try older.upload(#""a":"1""#)
        let newer = try Stage(ConflictRules(merge: .fields), fields)
        let patch = try Fixture.write(#""a":"2""#, of: newer.model)
        var record = try #require(older.merges.record(Fixture.key(1)))
        let judge = { (write: Write, record: Record) in
            Judge.judge(
                write, by: .client(Fixture.ann), on: record, of: newer.model, as: LogHead(at: record.version.next),
                now: Fixture.now)
        }
        #expect(judge(patch, record).conflict != nil)
        #expect(judge(try Fixture.write(#""a":"1""#, of: newer.model), record).repeated != nil)
        record = try #require(judge(try Fixture.write(#""a":"2","version":1"#, of: newer.model), record).accepted)
        #expect(judge(try Fixture.write(#""b":"2","version":1"#, of: newer.model), record).accepted != nil)
    }

    // MARK: Deletions

    @Test func whatWasHardDeletedIsNotBroughtBackByOneWhoDidNotKnow() throws {
        for deletion in ConflictRules.Deletion.allCases {
            let stage = try Stage(ConflictRules(.clientWins, merge: .fields, deletion: deletion), [Field("a", .text)])
            _ = try stage.upload(#""a":"1""#)
            try stage.erase()
            for payload in [#""a":"1""#, #""a":"2","version":1"#] {
                let outcome = try stage.upload(payload)
                #expect(outcome.record?.state == .erased && outcome.accepted == nil)
                #expect((outcome.conflict == nil) == (deletion == .deleteWins))
            }
            #expect(try stage.upload(#""is_deleted":true,"version":1"#).repeated?.state == .erased)
            #expect(try stage.upload(#""a":"3","version":2"#).accepted?.state == .live)
        }
    }

    @Test func oneWhoSawTheDeletionChangesADeletedRecord() throws {
        for deletion in ConflictRules.Deletion.allCases {
            let stage = try Stage(
                ConflictRules(merge: .fields, deletion: deletion), [Field("a", .text), Field("b", .text)])
            _ = try stage.upload(#""a":"1","is_deleted":true"#)
            _ = try stage.upload(#""b":"2","version":1"#)
            #expect(try stage.upload(#""a":"3","version":1"#).accepted?.state == .deleted)
            #expect(try stage.upload(#""a":"4","is_deleted":false,"version":3"#).accepted?.state == .live)
            // It sends the whole row, whose mark it has not touched.
            #expect(try stage.upload(#""b":"5","is_deleted":true,"version":3"#).accepted?.state == .live)
            #expect(stage.text == #""a":"4","b":"5""#)
        }
    }

    @Test func aDeletionThatAlsoChangesFieldsDoesNotLoseThem() throws {
        for deletion in [ConflictRules.Deletion.resurrect, .deleteWins] {
            let stage = try Stage(
                ConflictRules(merge: .fields, deletion: deletion), [Field("a", .text), Field("b", .text)])
            _ = try stage.upload(#""a":"1","b":"1""#)
            _ = try stage.upload(#""a":"2","version":1"#)
            let state: Record.State = deletion == .resurrect ? .live : .deleted
            #expect(try stage.upload(#""b":"2","is_deleted":true,"version":1"#).accepted?.state == state)
            #expect(stage.text == #""a":"2","b":"2""#)
        }
    }

    @Test func aCounterIsNotResetByARecordThatComesBack() throws {
        let stage = try Stage(ConflictRules(deletion: .resurrect), Self.counter)
        _ = try stage.upload(#""n":10"#)
        _ = try stage.upload(#""n":15,"version":1"#)
        _ = try stage.upload(#""is_deleted":true,"version":2"#)
        #expect(try stage.upload(#""n":11,"version":1"#).accepted?.state == .live)
        #expect(stage.text == #""n":16,"a":"""#)
    }

    // MARK: Functions

    @Test func aFunctionSeesBothSidesAndWhereTheyCameFrom() throws {
        var stage = try Stage(
            ConflictRules(.function, merge: .fields), [Field("a", .text), Field("b", .text), Field("c", .text)])
        stage.resolve = { conflict in
            #expect(conflict.fields == ["a"])
            let texts = [conflict.base, conflict.stored.fields, conflict.incoming].map {
                $0.map { String(decoding: $0.bytes, as: UTF8.self) }
            }
            #expect(
                texts == [
                    #""a":"1","b":"","c":"""#, #""a":"2","b":"2","c":"""#, #""a":"3","b":"2","c":"3""#,
                ])
            return ["a": .string("4"), "b": .string("not asked for")]
        }
        _ = try stage.upload(#""a":"1""#)
        _ = try stage.upload(#""a":"2","b":"2","version":1"#)
        #expect(try stage.upload(#""a":"3","c":"3","version":1"#).accepted != nil)
        #expect(stage.text == #""a":"4","b":"2","c":"3""#)
    }

    @Test func aFunctionThatMakesNothingOfItLeavesAConflict() throws {
        let answers: [[String: JSONValue]?] = [nil, ["a": .int(1)]]
        for answer in answers {
            var stage = try Stage(ConflictRules(.function), [Field("a", .text)])
            stage.resolve = { _ in answer }
            _ = try stage.upload(#""a":"1""#)
            _ = try stage.upload(#""a":"2","version":1"#)
            #expect(try stage.upload(#""a":"3","version":1"#).conflict?.version == Version(2))
        }
        let without = try Stage(ConflictRules(.function), [Field("a", .text)])
        _ = try without.upload(#""a":"1""#)
        _ = try without.upload(#""a":"2","version":1"#)
        #expect(try without.upload(#""a":"3","version":1"#).conflict != nil)
    }

    // MARK: The server

    @Test func theServersOwnWriteIsNeverMerged() throws {
        let stage = try Stage(ConflictRules(.clientWins, merge: .fields), [Field("a", .text), Field("b", .text)])
        _ = try stage.upload(#""a":"1""#)
        _ = try stage.upload(#""a":"2","version":1"#)
        let write = try Fixture.write(#""b":"2","version":1"#, of: stage.model)
        #expect(try stage.commit([write], by: .server)[0].conflict?.version == Version(2))
    }

    @Test func aDeviceMergesWithWhatTheServerWrote() throws {
        let stage = try Stage(ConflictRules(merge: .fields), [Field("a", .text), Field("b", .text)])
        _ = try stage.upload(#""a":"1""#)
        let write = try Fixture.write(#""b":"2","version":1"#, of: stage.model)
        #expect(try stage.commit([write], by: .server)[0].accepted != nil)
        #expect(try stage.upload(#""a":"3","version":1"#).accepted != nil)
        #expect(stage.text == #""a":"3","b":"2""#)
    }
}
