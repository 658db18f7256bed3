import PulseModel
import Testing

@Suite struct FieldValuesTests {
    private static func model(_ unknownFields: Model.UnknownFields = .keep) throws -> Model {
        try .task([Field("title", .text), Field("count", .int, default: .int(0))], unknownFields: unknownFields)
    }

    @Test func `A patch changes what it names and nothing else`() throws {
        let model = try Self.model()
        let first = try FieldValues.none.patched(#"{"title":"A","count":1,"x":"X","y":"Y"}"#, in: model)
        #expect(try first.patched(#"{"count":2}"#, in: model).text == #""title":"A","count":2,"x":"X","y":"Y""#)
        #expect(try first.patched(#"{"y":2}"#, in: model).text == #""title":"A","count":1,"x":"X","y":2"#)
        #expect(
            try first.patched(#"{"z":[],"x":{}}"#, in: model).text == #""title":"A","count":1,"x":{},"y":"Y","z":[]"#)
        #expect(try first.patched(#"{"x":null}"#, in: model).text == #""title":"A","count":1,"x":null,"y":"Y""#)
    }

    @Test(arguments: [
        "$where", "$set", "$inc", "$ne", "$[]", "a.b", "a..b", ".a", "a.", "a.0", "", " ", "_id", "__proto__",
        "constructor",
        "toString", "hasOwnProperty", "\u{E9}", "e\u{301}", "\"", "\\", "\\\"", "\n", "\0", "a\0b", "\u{202E}",
        "\u{FFFF}",
        "title ", "Title", "tit\\u006ce", ",", ":", "{", "}", "]", "\u{1F600}", String(repeating: "k", count: 5_000),
    ])
    func `A kept field may have any name`(name: String) throws {
        let model = try Self.model()
        var writer = JSONWriter()
        writer.string(name)
        let key = String(decoding: writer.bytes, as: UTF8.self)
        let values = try FieldValues.none.patched("{\(key):1,\"title\":\"A\"}", in: model)
        #expect(values.text.utf8.elementsEqual("\"title\":\"A\",\"count\":0,\(key):1".utf8))
        let changed = try values.patched("{\(key):[\"}\"],\"count\":5}", in: model)
        #expect(changed.text.utf8.elementsEqual("\"title\":\"A\",\"count\":5,\(key):[\"}\"]".utf8))
        #expect(changed.sent(as: model).utf8.elementsEqual(changed.text.utf8))
        // What is sent is an object again.
        #expect(try members("{\(changed.text)}").last?.key.utf8.elementsEqual(name.utf8) == true)
    }

    @Test func `Names that are twins by normalisation or by escape stay what they are`() throws {
        let model = try Self.model()
        let values = try FieldValues.none
            .patched("{\"\u{E9}\":1,\"e\u{301}\":2}", in: model)
            .patched("{\"e\u{301}\":3}", in: model)
            .patched(#"{"\u00e9":4}"#, in: model)
        #expect(values.text.utf8.elementsEqual("\"title\":\"\",\"count\":0,\"\u{E9}\":4,\"e\u{301}\":3".utf8))
    }

    @Test func `A declared field is found under an escaped name`() throws {
        #expect(
            try FieldValues.none.patched(#"{"\u0074itle":"A"}"#, in: Self.model()).text == #""title":"A","count":0"#)
    }

    @Test func `The same values have the same bytes, whichever way they came`() throws {
        let model = try Self.model()
        let one = try FieldValues.none.patched(#"{"title":"\u0041","count":1}"#, in: model)
        let other = try FieldValues.none.patched(#"{"count":1}"#, in: model).patched(#"{ "title" : "A" }"#, in: model)
        #expect(one == other)
    }

    @Test func `A field without a default is required at first and kept later`() throws {
        let model = try Model.task([Field("count", .int), Field("title", .text)])
        let error = try #require(throws: FieldError.self) { try FieldValues.none.patched(#"{"title":"A"}"#, in: model) }
        #expect(error.description == "count: is required")
        let values = try FieldValues.none.patched(#"{"count":1}"#, in: model).patched(#"{"title":"A"}"#, in: model)
        #expect(values.text == #""count":1,"title":"A""#)
    }

    @Test func `A value is found by its field's name`() throws {
        let values = try FieldValues.none.patched(#"{"title":"A\n","x":[1,{"title":2}]}"#, in: Self.model())
        #expect(values["title"] == .string("A\n"))
        #expect(values["count"] == .int(0))
        #expect(values["x"] == .array([.int(1), .object(JSONObject([.init(key: "title", value: .int(2))]))]))
        #expect(values["nothing"] == nil)
        #expect(FieldValues.none["title"] == nil)
    }

    @Test(arguments: [
        "garbage", #""title""#, #""title":"#, #""title":"A"#, #""title":"A","#, #""title":"A" "count":1"#, "{",
        #""title":[1"#, "\"",
        "\\", "\u{0}", #""count":1}}"#,
    ])
    func `Damaged values are never a crash`(text: String) throws {
        let model = try Self.model()
        let damaged = FieldValues(canonical: Array(text.utf8))
        #expect(throws: Never.self) { try damaged.patched(#"{"count":1,"x":1}"#, in: model) }
        // What clients are sent is JSON all the same.
        #expect(throws: Never.self) { try members("{\(damaged.sent(as: model))}") }
        _ = damaged["count"]
    }

    @Test func `A model without fields keeps what it is sent`() throws {
        let model = try Model.task([], unknownFields: .keep)
        #expect(try FieldValues.none.patched("{}", in: model).text == "")
        let values = try FieldValues.none.patched(#"{"a":1}"#, in: model).patched(#"{"b":2}"#, in: model)
        #expect(values.text == #""a":1,"b":2"#)
        #expect(values.sent(as: model) == #""a":1,"b":2"#)
        #expect(values.sent(as: try Model.task([])) == "")
    }

    @Test func `A hundred thousand kept fields take no quadratic time`() throws {
        let model = try Self.model()
        let patch = "{" + (0..<100_000).map { "\"\(String($0, radix: 36))\":1" }.joined(separator: ",") + "}"
        let elapsed = try ContinuousClock().measure {
            let values = try FieldValues.none.patched(patch, in: model)
            #expect(try values.patched(patch, in: model) == values)
        }
        // Comparing each name with each other would take minutes.
        #expect(elapsed < .seconds(60))
    }
}
