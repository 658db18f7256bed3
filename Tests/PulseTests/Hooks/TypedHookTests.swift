import Pulse
import PulseWire
import Testing

/// Hooks with Swift values.
@Suite struct TypedHookTests {
    private let id = SyncID(high: 0x4000, low: 0x8000_0000_0000_0001)

    @Test func `A hook refuses, alters and computes`() async throws {
        let application = try await TestApplication([
            .model(
                Note.self,
                incoming: { change in
                    guard !change.record.title.isEmpty else { throw Rejection("title: must not be empty") }
                    change.record.title = change.record.title.uppercased()
                    change.record.slug = "\(change.identity.user)-\(change.stored?.rank ?? -1)"
                })
        ])
        let first = try await application.upload(#"{"sync_id":"\#(id)","title":"a","rank":3}"#, to: Note.model)
        var note = try Note(#require(first.get().stored))
        #expect(note.title == "A" && note.rank == 3 && note.slug == "1--1")
        let second = try await application.upload(
            #"{"sync_id":"\#(id)","version":1,"is_done":1}"#, to: Note.model)
        note = try Note(#require(second.get().stored))
        #expect(note.isDone && note.slug == "1-3")
        let refused = try await application.upload(#"{"sync_id":"\#(id)","version":2,"title":""}"#, to: Note.model)
        #expect(throws: ItemError("title: must not be empty")) { try refused.get() }
    }

    @Test func `A function brings two edits together`() async throws {
        let application = try await TestApplication([
            .model(
                Merged.self,
                merge: { conflict in
                    guard let base = conflict.base else { return nil }
                    var merged = conflict.stored
                    merged.text = "\(conflict.stored.text)+\(conflict.incoming.text)-\(base.text)"
                    merged.other = "not asked for"
                    return conflict.incoming.text == "never" ? nil : merged
                })
        ])
        func upload(_ text: String, from version: Int, other: String = "") async throws -> WriteOutcome {
            try await application.upload(
                #"{"sync_id":"\#(id)","version":\#(version),"text":"\#(text)"\#(other)}"#, to: Merged.model
            ).get()
        }
        _ = try await upload("a", from: 0)
        _ = try await upload("b", from: 1)
        let merged = try Merged(#require(try await upload("c", from: 1, other: #","other":"mine""#).stored))
        #expect(merged.text == "b+c-a")
        #expect(merged.other == "mine", "It was changed by one side only.")
        guard case .conflict = try await upload("never", from: 1) else {
            Issue.record("A function that returns nil calls it a conflict.")
            return
        }
    }

    @Test func `Access is asked with the identity`() async throws {
        let application = try await TestApplication([
            .model(Note.self, mayAccess: { $0.user == Identity.ann.user }), .model(Merged.self, merge: { _ in nil }),
        ])
        #expect(try await application.engine.admit(.ann).withheld.isEmpty)
        #expect(try await application.engine.admit(Identity(user: UserID("2")!)).withheld == [Note.modelName])
    }

    @Test func `A policy without its function is a mistake that is told at the start`() async {
        await #expect(processExitsWith: .failure) { _ = ModelRegistration.model(Merged.self) }
        await #expect(processExitsWith: .failure) { _ = ModelRegistration.model(Note.self, merge: { _ in nil }) }
    }
}

@SyncModel(conflicts: ConflictRules(.function, merge: .fields))
struct Merged {
    var text = ""
    var other = ""
}
