import PulseModel
import Testing

/// Records that were written under one schema and are read and changed under another.
@Suite struct FieldValuesEvolutionTests {
    private static let title = try! Field("title", .text)
    private static let count = try! Field("count", .int, default: .int(3))
    private static let note = try! Field("note", .text, isNullable: true)

    private static func stored(_ text: String) -> FieldValues { FieldValues(canonical: Array(text.utf8)) }

    @Test(arguments: [
        ([title, count], #""title":"A","count":3"#), ([count, title], #""count":3,"title":"A""#),
        ([count, title, note], #""count":3,"title":"A","note":null"#), ([note], #""note":null"#), ([], ""),
    ])
    func `A field added later is sent with its default, wherever it stands`(fields: [Field], expected: String) throws {
        let model = try Model.task(fields)
        #expect(Self.stored(#""title":"A""#).sent(as: model) == expected)
    }

    @Test func `A field added later gets its default with the next write, and keeps the value then`() throws {
        let old = Self.stored(#""title":"A""#)
        let model = try Model.task([Self.count, Self.title])
        #expect(try old.patched("{}", in: model).text == #""count":3,"title":"A""#)
        #expect(try old.patched(#"{"count":9}"#, in: model).text == #""count":9,"title":"A""#)
    }

    @Test(arguments: [Model.UnknownFields.reject, .drop])
    func `A field that was removed is sent no more, and comes back when it is declared again`(
        unknownFields: Model.UnknownFields
    ) throws {
        let old = Self.stored(#""title":"A","count":8"#)
        let without = try Model.task([Self.title], unknownFields: unknownFields)
        let with = try Model.task([Self.title, Self.count], unknownFields: unknownFields)
        #expect(old.sent(as: without) == #""title":"A""#)
        let changed = try old.patched(#"{"title":"B"}"#, in: without)
        #expect(changed.sent(as: without) == #""title":"B""#)
        #expect(changed.sent(as: with) == #""title":"B","count":8"#)
        #expect(try changed.patched(#"{"title":"C"}"#, in: with).text == #""title":"C","count":8"#)
    }

    @Test func `A model that keeps unknown fields goes on sending one that was removed`() throws {
        let old = Self.stored(#""title":"A","count":8,"x":{"y":1}"#)
        let model = try Model.task([Self.title], unknownFields: .keep)
        #expect(old.sent(as: model) == #""title":"A","count":8,"x":{"y":1}"#)
        #expect(try old.patched(#"{"count":9}"#, in: model).text == #""title":"A","count":9,"x":{"y":1}"#)
    }

    @Test func `What was kept is sent no more when the model stops keeping, and is not lost`() throws {
        let old = Self.stored(#""title":"A","x":1"#)
        let strict = try Model.task([Self.title])
        #expect(old.sent(as: strict) == #""title":"A""#)
        let changed = try old.patched(#"{"title":"B"}"#, in: strict)
        #expect(changed.sent(as: try Model.task([Self.title], unknownFields: .keep)) == #""title":"B","x":1"#)
    }

    @Test func `Fields declared in another order are sent in today's`() throws {
        let old = Self.stored(#""note":null,"count":1,"title":"A""#)
        let model = try Model.task([Self.title, Self.count, Self.note])
        #expect(old.sent(as: model) == #""title":"A","count":1,"note":null"#)
        #expect(try old.patched("{}", in: model).text == #""title":"A","count":1,"note":null"#)
    }

    @Test func `A required field that older records lack is sent as null`() throws {
        let model = try Model.task([Self.title, Field("size", .int)])
        #expect(Self.stored(#""title":"A""#).sent(as: model) == #""title":"A","size":null"#)
    }
}
