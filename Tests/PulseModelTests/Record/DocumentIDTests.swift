import PulseModel
import Testing

@Suite struct DocumentIDTests {
    @Test func `A document is called by a text or an integer, and nothing else`() throws {
        #expect(DocumentID(.string("1")) == .text("1"))
        #expect(DocumentID(.int(1)) == .number(1))
        for value in ["\"\"", "\"a\\nb\"", "\"\\u0000\"", "1.5", "true", "null", "{}", "[]"] {
            #expect(try DocumentID(.parse(value)) == nil, "\(value)")
        }
        let longest = String(repeating: "x", count: DocumentID.maximumByteCount)
        #expect(DocumentID(.string(longest)) != nil)
        #expect(DocumentID(.string(longest + "x")) == nil)
    }

    @Test func `Ids that only look alike are those of two documents`() {
        let ids: [DocumentID] = [
            .text("1"), .number(1), .text("\u{E9}"), .text("e\u{301}"), .text("K"), .text("\u{212A}"),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids.map { SyncID(of: $0, in: .global) }).count == ids.count)
    }

    @Test func `Each scope has documents of its own`() throws {
        let scopes: [Scope] = [.global, .user(UserID("1")!), .user(UserID("2")!)]
        #expect(Set(scopes.map { SyncID(of: .text("a"), in: $0) }).count == scopes.count)
        #expect(SyncID(of: .text("a"), in: .global) == SyncID(of: .text("a"), in: .global))
    }

    // MARK: Documents

    @Test func `A document has its id first, and no member that is the server's`() throws {
        let fields = try FieldValues(
            document: .number(7), members(#"{"b":1,"_id":9,"_sync_version":2,"a":{"_id":3},"_sync":4}"#))
        #expect(fields.text == #""_id":7,"b":1,"a":{"_id":3},"_sync":4"#)
        #expect(fields.documentID == .number(7))
        #expect(FieldValues(deletedDocument: .text("x")).text == #""_id":"x""#)
    }

    @Test func `A document that is too large is refused`() throws {
        let half = String(repeating: "x", count: FieldValues.maximumByteCount / 2)
        let values = ["a", "b"].map { JSONObject.Member(key: $0, value: .string(half)) }
        #expect(throws: Never.self) { try FieldValues(document: .number(1), [values[0]]) }
        #expect(throws: FieldError.self) { try FieldValues(document: .number(1), values) }
    }

    @Test func `Members are replaced where they stand, and new ones come behind`() throws {
        let fields = try FieldValues(document: .text("x"), members(#"{"b":1,"a":2}"#))
        let changed = try fields.replacing(["a": .int(3), "d": .int(5), "c": .int(4), "_id": .int(1)])
        #expect(changed.text == #""_id":"x","b":1,"a":3,"c":4,"d":5"#)
    }
}
