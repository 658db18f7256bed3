import PulseEngine
import PulseModel
import PulseWire
import Testing

@Suite struct JudgeTests {
    private func judge(
        _ payload: String, on current: Record? = nil, by identity: Identity = Fixture.ann,
        of model: Model = Fixture.task, version: Int64 = 10
    ) throws -> WriteOutcome {
        Judge.judge(
            try Fixture.write(payload, of: model, by: identity), by: .client(identity), on: current, of: model,
            as: LogHead(at: Version(version)), now: Fixture.now)
    }

    private func text(_ record: Record?) -> String {
        String(decoding: record?.fields.bytes ?? [], as: UTF8.self)
    }

    // MARK: New records

    @Test func aRecordThatIsNotThereIsCreatedWithDefaultsForWhatIsNotNamed() throws {
        let record = try #require(try judge(#""title":"A""#).accepted)
        #expect(text(record) == #""title":"A","done":false,"count":null,"stamp":"""#)
        #expect(record.version == Version(10) && record.id == 10)
        #expect(record.scope == .ann && record.state == .live)
        #expect(record.origin == Record.Origin(writer: Fixture.ann.user, base: .zero))
    }

    @Test func aNewRecordThatNamesABaseIsCreatedAllTheSame() throws {
        #expect(try judge(#""title":"A","version":77"#).accepted?.version == Version(10))
    }

    @Test func aNewRecordWithoutARequiredFieldIsRejectedNamingIt() throws {
        #expect(try judge("", of: Fixture.price).rejection == "amount: is required")
        #expect(try judge(#""amount":"9.9""#, of: Fixture.price).accepted != nil)
    }

    @Test func aRecordMayBeCreatedSoftDeleted() throws {
        #expect(try judge(#""title":"A","is_deleted":1"#).accepted?.state == .deleted)
    }

    @Test func erasingWhatIsNotThereIsRejected() {
        let write = Write(key: Fixture.key(1), base: nil, scope: nil, action: .erase)
        let outcome = Judge.judge(
            write, by: .server, on: nil, of: Fixture.task, as: LogHead(at: Version(1)), now: Fixture.now)
        #expect(outcome.rejection == "There is no such record.")
    }

    // MARK: Patches

    @Test func aPatchKeepsTheFieldsItDoesNotName() throws {
        let first = try #require(try judge(#""title":"A","count":5"#).accepted)
        let second = try #require(try judge(#""done":true,"version":10"#, on: first, version: 11).accepted)
        #expect(text(second) == #""title":"A","done":true,"count":5,"stamp":"""#)
        #expect(second.id == first.id && second.version == Version(11))
    }

    @Test func readOnlyFieldsOfAClientAreDroppedAndThoseOfTheServerKept() throws {
        let record = try #require(try judge(#""title":"A","stamp":"forged""#).accepted)
        #expect(record.fields["stamp"].map { "\($0)" } == "\(JSONValue.string(""))")
        let patch = try FieldPatch(
            [JSONObject.Member(key: "stamp", value: .string("official"))], for: Fixture.task, by: .server,
            ignoring: { _ in false })
        let write = Write(key: record.key, base: nil, scope: nil, action: .patch(patch, isDeleted: nil))
        let stamped = Judge.judge(
            write, by: .server, on: record, of: Fixture.task, as: LogHead(at: Version(11)), now: Fixture.now)
        #expect(text(stamped.accepted) == #""title":"A","done":false,"count":null,"stamp":"official""#)
        let renamed = try #require(
            try judge(#""title":"B","stamp":"forged","version":11"#, on: stamped.accepted, version: 12).accepted)
        #expect(text(renamed) == #""title":"B","done":false,"count":null,"stamp":"official""#)
    }

    @Test func aSoftDeleteAndItsUndoingAreOrdinaryWrites() throws {
        let live = Fixture.record(1, version: 3)
        let deleted = try #require(try judge(#""is_deleted":true,"version":3"#, on: live).accepted)
        #expect(deleted.state == .deleted && deleted.fields == live.fields)
        #expect(try judge(#""title":"B","version":10"#, on: deleted, version: 11).accepted?.state == .deleted)
        #expect(try judge(#""is_deleted":false,"version":10"#, on: deleted, version: 11).accepted?.state == .live)
    }

    @Test func theTimeOfAnUpdateNeverRunsBackwards() throws {
        let write = try Fixture.write(#""title":"B","version":3"#)
        let outcome = Judge.judge(
            write, by: .client(Fixture.ann), on: Fixture.record(1, version: 3), of: Fixture.task,
            as: LogHead(at: Version(4)),
            now: Timestamp(microseconds: 5))
        #expect(outcome.accepted?.updated == Fixture.now && outcome.accepted?.created == Fixture.now)
    }

    // MARK: Conflicts

    @Test(arguments: [0, 2, 4]) func anOlderBaseIsAConflictThatShowsTheWinner(base: Int) throws {
        let current = Fixture.record(1, version: 5, title: "W")
        #expect(try judge(#""title":"B","version":\#(base)"#, on: current).conflict == current)
    }

    /// Found here: a thousand stale items made the writer put a large record together a thousand times.
    @Test func aStaleItemIsAConflictBeforeItIsPutTogether() throws {
        let tombstone = Fixture.record(1, version: 5, of: Fixture.price, state: .erased)
        #expect(try judge(#""version":5"#, on: tombstone, of: Fixture.price).rejection == "amount: is required")
        #expect(try judge(#""version":4"#, on: tombstone, of: Fixture.price).conflict == tombstone)
    }

    @Test(arguments: [5, 6, 1_000]) func anEqualOrLargerBaseIsAccepted(base: Int) throws {
        let outcome = try judge(#""title":"B","version":\#(base)"#, on: Fixture.record(1, version: 5))
        #expect(outcome.accepted?.version == Version(10))
    }

    @Test func aMissingBaseIsZeroAndSoAConflictWithAnyRecord() throws {
        #expect(try judge(#""title":"B""#, on: Fixture.record(1, version: 1)).conflict != nil)
    }

    // MARK: Repeats

    @Test func theSameUploadAgainIsARepeatAndTakesNoVersion() throws {
        let payload = #""title":"B","version":5"#
        let stored = try #require(try judge(payload, on: Fixture.record(1, version: 5)).accepted)
        #expect(try judge(payload, on: stored, version: 11).repeated == stored)
    }

    @Test func theSameCreationAgainIsARepeat() throws {
        let stored = try #require(try judge(#""title":"B""#).accepted)
        #expect(try judge(#""title":"B","version":0"#, on: stored, version: 11).repeated == stored)
        #expect(try judge(#""title":"B","stamp":"dropped""#, on: stored, version: 11).repeated == stored)
    }

    @Test func aRepeatIsRecognisedUnderALongerFieldList() throws {
        let stored = try #require(try judge(#""title":"B""#, of: Fixture.olderTask).accepted)
        #expect(text(stored) == #""title":"B","done":false"#)
        #expect(try judge(#""title":"B""#, on: stored, version: 11).repeated == stored)
        #expect(try judge(#""title":"B","count":1"#, on: stored, version: 11).conflict == stored)
    }

    @Test func otherContentFromTheSameBaseIsNoRepeat() throws {
        let stored = try #require(try judge(#""title":"B""#).accepted)
        #expect(try judge(#""title":"C""#, on: stored, version: 11).conflict == stored)
        #expect(try judge(#""title":"B","is_deleted":true"#, on: stored, version: 11).conflict == stored)
    }

    @Test func theSameContentFromAnotherBaseIsNoRepeat() throws {
        let stored = try #require(try judge(#""title":"B","version":5"#, on: Fixture.record(1, version: 5)).accepted)
        #expect(try judge(#""title":"B","version":4"#, on: stored, version: 11).conflict == stored)
        #expect(try judge(#""title":"B","version":10"#, on: stored, version: 11).accepted?.version == Version(11))
    }

    @Test func theSameContentByAnotherUserOfTheScopeIsNoRepeat() throws {
        let stored = try #require(
            try judge(#""title":"B""#, by: Fixture.ann, of: Fixture.bulletin).accepted)
        #expect(try judge(#""title":"B""#, on: stored, by: Fixture.bob, of: Fixture.bulletin).conflict == stored)
    }

    // MARK: Scopes

    @Test func aRecordOfAnotherScopeIsRejectedInWordsThatDoNotSayThatItExists() throws {
        var texts: Set<String?> = []
        for state in [Record.State.live, .deleted, .erased] {
            let record = Fixture.record(1, version: 9, scope: .bob, state: state)
            for payload in [#""title":"A""#, #""title":"A","version":9"#, #""version":99,"is_deleted":true"#] {
                texts.insert(try judge(payload, on: record).rejection)
            }
        }
        #expect(texts == ["sync_id: cannot be used here"])
    }

    @Test func anItemThatNamesAnotherUserIsRefused() {
        #expect(throws: ItemError("user_id: must be your own")) { try Fixture.write(#""title":"A","user_id":2"#) }
        #expect(throws: Never.self) { try Fixture.write(#""title":"A","user_id":1"#) }
    }

    @Test func aGroupOfOneNeedsNotBeNamed() throws {
        let outcome = try judge(#""title":"A""#, by: Fixture.identity("1", teams: "red"), of: Fixture.board)
        #expect(outcome.accepted?.scope == .group(Fixture.red))
    }

    @Test func amongSeveralGroupsANewRecordMustNameOne() throws {
        let both = Fixture.identity("1", teams: "red", "blue")
        let unnamed = try judge(#""title":"A""#, by: both, of: Fixture.board)
        #expect(unnamed.rejection == "The record's group is not clear: name one of yours.")
        let named = try judge(#""title":"A","team":"blue""#, by: both, of: Fixture.board)
        #expect(named.accepted?.scope == .group(Fixture.blue))
    }

    @Test func amongSeveralGroupsAStoredRecordIsFoundWithoutNamingItsGroup() throws {
        let both = Fixture.identity("1", teams: "red", "blue")
        let stored = Fixture.record(1, version: 3, of: Fixture.board, scope: .group(Fixture.blue))
        let outcome = try judge(#""title":"B","version":3"#, on: stored, by: both, of: Fixture.board)
        #expect(outcome.accepted?.scope == .group(Fixture.blue))
    }

    @Test func withoutAGroupNothingCanBeWritten() throws {
        #expect(try judge(#""title":"A""#, of: Fixture.board).rejection != nil)
        let stored = Fixture.record(1, version: 3, of: Fixture.board, scope: .group(Fixture.blue))
        #expect(
            try judge(#""title":"A","version":3"#, on: stored, of: Fixture.board).rejection
                == "sync_id: cannot be used here")
    }

    @Test func aGroupThatIsNotOnesOwnIsRefused() {
        #expect(throws: ItemError("team: must be a group of yours")) {
            try Fixture.write(#""title":"A","team":"blue""#, of: Fixture.board, by: Fixture.identity("1", teams: "red"))
        }
    }

    @Test func aRecordStaysInItsGroup() throws {
        let both = Fixture.identity("1", teams: "red", "blue")
        let stored = Fixture.record(1, version: 3, of: Fixture.board, scope: .group(Fixture.blue))
        let outcome = try judge(#""title":"A","team":"red","version":3"#, on: stored, by: both, of: Fixture.board)
        #expect(outcome.rejection == "The record belongs to another scope and stays there.")
    }

    // MARK: Tombstones and the server

    @Test func anErasedRecordLeavesATombstoneWithKeyScopeAndIdAlone() {
        let current = Fixture.record(1, version: 3)
        let outcome = Judge.judge(
            Write(key: current.key, base: nil, scope: nil, action: .erase), by: .server, on: current,
            of: Fixture.task, as: LogHead(at: Version(4)), now: Fixture.now)
        #expect(outcome.accepted?.state == .erased && outcome.accepted?.fields == FieldValues.none)
        #expect(outcome.accepted?.scope == .ann && outcome.accepted?.id == 3)
    }

    @Test func anUploadThatDidNotKnowOfTheErasureIsAConflict() throws {
        let tombstone = Fixture.record(1, version: 9, state: .erased)
        #expect(try judge(#""title":"B","version":8"#, on: tombstone).conflict == tombstone)
    }

    @Test func anUploadThatKnewOfTheErasureBringsTheRecordBackUnderItsId() throws {
        let tombstone = Fixture.record(1, version: 9, state: .erased)
        let record = try #require(try judge(#""title":"B","version":9"#, on: tombstone).accepted)
        #expect(record.state == .live && record.id == 9 && record.version == Version(10))
        #expect(text(record) == #""title":"B","done":false,"count":null,"stamp":"""#)
    }

    @Test func theServerWritesInEveryScopeAndOverEveryVersion() throws {
        let current = Fixture.record(1, version: 9, scope: .bob)
        let patch = try FieldPatch(
            [JSONObject.Member(key: "title", value: .string("S"))], for: Fixture.task, by: .server,
            ignoring: { _ in false })
        let outcome = Judge.judge(
            Write(key: current.key, base: nil, scope: nil, action: .patch(patch, isDeleted: nil)), by: .server,
            on: current, of: Fixture.task, as: LogHead(at: Version(10)), now: Fixture.now)
        #expect(outcome.accepted?.scope == .bob)
        #expect(outcome.accepted?.origin == Record.Origin(writer: nil, base: Version(9)))
    }

    @Test func theServersOwnWriteAgainIsNoRepeat() {
        let current = Fixture.record(1, version: 9)
        let write = Write(
            key: current.key, base: .zero, scope: nil,
            action: .patch(FieldPatch(for: Fixture.task), isDeleted: nil))
        let outcome = Judge.judge(
            write, by: .server, on: current, of: Fixture.task, as: LogHead(at: Version(10)), now: Fixture.now)
        #expect(outcome.conflict == current)
    }

    /// Found here: an update that lost a race against a hard delete brought the record back, emptied.
    @Test func anUpdateOfWhateverIsThereDoesNotBringBackAnErasedRecord() {
        let tombstone = Fixture.record(1, version: 9, state: .erased)
        let write = Write(
            key: tombstone.key, base: nil, scope: nil,
            action: .patch(FieldPatch(for: Fixture.task), isDeleted: true))
        let outcome = Judge.judge(
            write, by: .server, on: tombstone, of: Fixture.task, as: LogHead(at: Version(10)), now: Fixture.now)
        #expect(outcome.rejection == "There is no such record.")
    }

    /// Found here: such a record was pushed to the scope's connections, and no delta ever had it.
    @Test(arguments: [Scope.global, .bob, .group(Fixture.red)])
    func aRecordIsCreatedOnlyInAScopeThatItsModelHas(scope: Scope) {
        let fitting = [Fixture.bulletin, Fixture.task, Fixture.board].filter { model in
            let write = Write(
                key: Fixture.key(1, of: model), base: .zero, scope: scope,
                action: .patch(FieldPatch(for: model), isDeleted: nil))
            return Judge.judge(
                write, by: .server, on: nil, of: model, as: LogHead(at: Version(1)), now: Fixture.now
            ).accepted != nil
        }
        #expect(fitting.map(\.audience) == [scope.expectedAudience])
    }
}

extension Scope {
    fileprivate var expectedAudience: Model.Audience {
        switch self {
        case .global: .global
        case .user: .user
        case .group(let group): .group(by: group.claim)
        }
    }
}
