import PulseModel
import Testing

@Suite struct FieldPatchTests {
    private static func model(_ unknownFields: Model.UnknownFields = .reject) throws -> Model {
        try .task(
            [
                Field("title", .string(maxLength: 5)), Field("done", .bool, default: .bool(false)),
                Field("score", .int, default: .int(7), isReadOnly: true), Field("due", .date, isNullable: true),
            ], unknownFields: unknownFields)
    }

    private func failure(_ patch: String, in model: Model, by author: FieldPatch.Author = .client) throws -> FieldError
    {
        try #require(throws: FieldError.self) { try FieldValues.none.patched(patch, in: model, by: author) }
    }

    @Test(arguments: [
        ("{}", #""title":"","done":false,"score":7,"due":null"#),
        (#"{"title":"A"}"#, #""title":"A","done":false,"score":7,"due":null"#),
        (#"{"due":"2026-02-28","done":1,"title":"A"}"#, #""title":"A","done":true,"score":7,"due":"2026-02-28""#),
        (#"{"done":true,"title":"A"}"#, #""title":"A","done":true,"score":7,"due":null"#),
    ])
    func `A patch names any of the fields, in any order`(patch: String, expected: String) throws {
        #expect(try FieldValues.none.patched(patch, in: Self.model()).text == expected)
    }

    @Test(arguments: [
        (#"{"bogus":1}"#, "'bogus'"), (#"{"title":"A","b":1,"a":null,"done":1}"#, "'b', 'a'"),
        (#"{"Title":"A"}"#, "'Title'"),
        (#"{"title ":"A"}"#, "'title '"), (#"{"":1}"#, "''"),
        (#"{"$where":1,"a.b":2,"__proto__":3}"#, "'$where', 'a.b', '__proto__'"),
        (#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}"#, "'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'"),
    ])
    func `Unknown fields are refused in django-pulse's words`(patch: String, names: String) throws {
        let error = try failure(patch, in: Self.model())
        #expect(error.description == "Invalid field name(s) for model Task: \(names).")
        #expect(error.field == "")
    }

    @Test func `A value that does not fit is named before an unknown field`() throws {
        #expect(
            try failure(#"{"bogus":1,"title":2}"#, in: Self.model()).description
                == "title: must be a string, is a number")
    }

    @Test(arguments: ["x", "\u{301}", "a\u{301}"])
    func `An error quotes at most 64 bytes of each unknown name`(unit: String) throws {
        let name = String(repeating: unit, count: 100_000)
        let error = try failure("{\"\(name)\":1}", in: Self.model())
        #expect(error.description.utf8.count < 64 + 50)
        #expect(error.description.utf8.starts(with: "Invalid field name(s) for model Task: '".utf8))
        let kept = try failure("{\"\(name)\":\"\\ud800\"}", in: Self.model(.keep))
        #expect(kept.description.utf8.count < 64 + 100)
    }

    @Test func `Unknown fields may be dropped`() throws {
        let values = try FieldValues.none.patched(#"{"bogus":{"a":1,"a":2},"title":"A"}"#, in: Self.model(.drop))
        #expect(values.text == #""title":"A","done":false,"score":7,"due":null"#)
    }

    @Test func `Unknown fields may be kept, behind the others and in order`() throws {
        let values = try FieldValues.none.patched(
            #"{"z":1,"title":"A","y":{"b":[ 1.0 ]},"x":null}"#, in: Self.model(.keep))
        #expect(values.text == #""title":"A","done":false,"score":7,"due":null,"z":1,"y":{"b":[1.0]},"x":null"#)
    }

    @Test(arguments: [
        (#"{"x":"\ud800"}"#, "x: has a lone surrogate, which is no Unicode text and cannot be stored"),
        (#"{"x":{"a":1,"a":2}}"#, #"x: holds JSON that cannot be stored: The key "a" is there twice."#),
    ])
    func `A kept field must be JSON that can be stored`(patch: String, expected: String) throws {
        #expect(try failure(patch, in: Self.model(.keep)).description == expected)
    }

    @Test func `What a client sends for a read-only field is dropped, whatever it is`() throws {
        for value in ["9", "\"x\"", "null", "{\"a\":1,\"a\":2}"] {
            let values = try FieldValues.none.patched("{\"score\":\(value),\"title\":\"A\"}", in: Self.model())
            #expect(values.text == #""title":"A","done":false,"score":7,"due":null"#)
        }
    }

    @Test func `The server writes read-only fields`() throws {
        #expect(try FieldValues.none.patched(#"{"score":9}"#, in: Self.model(), by: .server)["score"] == .int(9))
        #expect(
            try failure(#"{"score":"x"}"#, in: Self.model(), by: .server).description
                == "score: must be an integer, is a string")
    }

    @Test(arguments: [
        (#"{"title":"abcdef"}"#, "title: must have at most 5 characters, has 6"),
        (#"{"title":null}"#, "title: may not be null"), (#"{"due":"x"}"#, "due: must be a date in the form 2026-02-28"),
        (#"{"done":"\ud800"}"#, "done: has a lone surrogate, which is no Unicode text and cannot be stored"),
    ])
    func `An error names the field, the rule and what was given`(patch: String, expected: String) throws {
        #expect(try failure(patch, in: Self.model()).description == expected)
    }

    @Test(arguments: Model.UnknownFields.allCases)
    func `Names that the protocol uses itself are passed over`(unknownFields: Model.UnknownFields) throws {
        let model = try Self.model(unknownFields)
        let names = Field.reservedNames.map { "\"\($0)\":{\"a\":1,\"a\":2}" }.joined(separator: ",")
        let patch = try FieldPatch(
            members("{\(names),\"title\":\"A\"}"), for: model, by: .client,
            ignoring: { Field.reservedNames.contains($0) })
        let values = try FieldValues.none.merged(with: patch, in: model)
        #expect(values.text == #""title":"A","done":false,"score":7,"due":null"#)
    }

    @Test func `An empty patch changes nothing`() throws {
        let model = try Self.model()
        let values = try FieldValues.none.patched(#"{"title":"A"}"#, in: model)
        #expect(try values.merged(with: FieldPatch(for: model), in: model) == values)
        #expect(try FieldPatch([], for: model, by: .client, ignoring: { _ in false }) == FieldPatch(for: model))
    }
}
