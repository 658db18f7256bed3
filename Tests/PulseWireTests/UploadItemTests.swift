import PulseModel
import PulseWire
import Testing

@Suite struct UploadItemTests {
    private static let key = #""sync_id":"\#(Sample.text)""#

    private func change(
        _ members: String, of model: Model? = nil, by identity: Identity = Sample.alice
    ) throws -> ClientChange {
        try item("{\(Self.key)\(members)}").change(of: model ?? Sample.model(), by: identity)
    }

    private func refusal(
        _ members: String, of model: Model? = nil, by identity: Identity = Sample.alice,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        try #require(throws: ItemError.self, sourceLocation: sourceLocation) {
            try change(members, of: model, by: identity)
        }.message
    }

    @Test(arguments: [Sample.text, Sample.text.uppercased(), Sample.text.replacing("-", with: "")])
    func `A record is found by its sync id in any spelling`(text: String) throws {
        let change = try item(#"{"sync_id":"\#(text)"}"#).change(of: Sample.model(), by: Sample.alice)
        #expect(change.key == RecordKey(model: ModelName("task")!, syncID: Sample.id))
        #expect(change.base == .zero)
        #expect(change.isDeleted == nil)
        #expect(change.scope == .user(Sample.alice.user))
    }

    @Test(arguments: [
        ("{}", "sync_id: is required"), (#"{"sync_id":null}"#, "sync_id: must be a UUID"),
        (#"{"sync_id":7}"#, "sync_id: must be a UUID"),
        (#"{"sync_id":""}"#, "sync_id: must be a UUID"), (#"{"sync_id":"not-a-uuid"}"#, "sync_id: must be a UUID"),
        (#"{"sync_id":"\ud800"}"#, "sync_id: must be a UUID"),
        (#"{"sync_id":{"$ne":null}}"#, "sync_id: must be a UUID"),
        (#"{"sync_id":"' OR 1=1--"}"#, "sync_id: must be a UUID"), (#"{"SYNC_ID":"x"}"#, "sync_id: is required"),
        (#"{"sync_id":"\u0000f8fad5b-d9cb-469f-a165-70867728950"}"#, "sync_id: must be a UUID"),
        (#"{"title":1,"title":2}"#, #"The key "title" is there twice."#),
    ])
    func `An item without a usable sync id is refused`(payload: String, message: String) throws {
        let error = try #require(throws: ItemError.self) {
            try item(payload).change(of: Sample.model(), by: Sample.alice)
        }
        #expect(error.message == message)
    }

    @Test(arguments: [
        ("7", "a number"), ("null", "null"), ("\"x\"", "a string"), ("[]", "an array"), ("true", "a boolean"),
    ])
    func `An item of a batch that is no object is refused, and has no id`(payload: String, kind: String) throws {
        let item = try items("[\(payload)]")[0]
        #expect(item.echoedID == .null)
        let error = try #require(throws: ItemError.self) { try item.change(of: Sample.model(), by: Sample.alice) }
        #expect(error.message == "An item must be an object, is \(kind).")
    }

    @Test(
        arguments: [
            (#"{"sync_id":"abc"}"#, .string("abc")), (#"{"sync_id":""}"#, .string("")), (#"{"sync_id":7}"#, .int(7)),
            (#"{"sync_id":-1}"#, .int(-1)), ("{}", .null), (#"{"sync_id":null}"#, .null), (#"{"sync_id":1.5}"#, .null),
            (#"{"sync_id":true}"#, .null), (#"{"sync_id":[1]}"#, .null), (#"{"sync_id":"\ud800"}"#, .null),
            (#"{"sync_id":"a\u0000b"}"#, .string("a\0b")),
            (#"{"sync_id":"\#(String(repeating: "x", count: 64))"}"#, .string(String(repeating: "x", count: 64))),
            (#"{"sync_id":"\#(String(repeating: "x", count: 65))"}"#, .null),
            (#"{"sync_id":"\#(String(repeating: "\u{301}", count: 33))"}"#, .null),
            (#"{"sync_id":99999999999999999999}"#, .null),
        ] as [(String, JSONValue)])
    func `The id is echoed as it was written, if it is short`(payload: String, id: JSONValue) throws {
        #expect(try item(payload).echoedID == id)
        #expect(try items("[\(payload)]")[0].echoedID == id)
    }

    @Test(
        arguments: [
            ("", 0), (#","version":null"#, 0), (#","version":0"#, 0), (#","version":41"#, 41),
            (#","version":9223372036854775807"#, .max),
        ] as [(String, Int64)])
    func `The version is the one that the change was made from`(members: String, base: Int64) throws {
        #expect(try change(members).base == Version(base))
    }

    @Test(arguments: ["-1", "1.0", "1e2", "-0", "\"1\"", "true", "[]", "{}", "9223372036854775808"])
    func `A version that is no integer from 0 on is refused`(value: String) throws {
        #expect(try refusal(",\"version\":\(value)") == "version: must be an integer and not negative")
    }

    @Test(
        arguments: [
            ("", nil), (#","is_deleted":null"#, nil), (#","is_deleted":true"#, true), (#","is_deleted":1"#, true),
            (#","is_deleted":false"#, false),
            (#","is_deleted":0"#, false),
        ] as [(String, Bool?)])
    func `A record may be marked as deleted`(members: String, isDeleted: Bool?) throws {
        #expect(try change(members).isDeleted == isDeleted)
    }

    @Test(arguments: ["2", "-1", "1.0", "\"true\"", "[]"])
    func `A mark that is neither true nor false is refused`(value: String) throws {
        #expect(try refusal(",\"is_deleted\":\(value)") == "is_deleted: must be true or false")
    }

    @Test(arguments: ["", #","user_id":null"#, #","user_id":1"#, #","user_id":"1""#])
    func `The user is the connection's, and may be repeated`(members: String) throws {
        #expect(try change(members).scope == .user(Sample.alice.user))
    }

    @Test(arguments: [
        "2", "\"2\"", "\"01\"", "\"1 \"", "1.0", "true", "[1]", #"{"$ne":null}"#, "-1", "\"\"", "\"\\ud800\"",
    ])
    func `An item that names another user is refused`(value: String) throws {
        #expect(try refusal(",\"user_id\":\(value)") == "user_id: must be your own")
        #expect(try refusal(",\"user_id\":\(value)", of: Sample.model(.global)) == "user_id: must be your own")
    }

    @Test func `A user whose id is no number is not named by one`() throws {
        let bond = Identity(user: UserID("007")!)
        #expect(try change(#","user_id":"007""#, by: bond).scope == .user(bond.user))
        #expect(try refusal(#","user_id":7"#, by: bond) == "user_id: must be your own")
    }

    @Test func `A global model's records are everybody's`() throws {
        #expect(try change("", of: Sample.model(.global)).scope == .global)
    }

    @Test(arguments: [
        (#","team":"red""#, "red"), (#","team":"7""#, "7"), (#","team":7"#, "7"), ("", nil), (#","team":null"#, nil),
    ])
    func `An item chooses among the connection's groups`(members: String, name: String?) throws {
        let change = try change(members, of: Sample.model(.group(by: Sample.team)))
        #expect(change.scope == name.map { .group(Sample.group($0)) })
        #expect(change.patch == FieldPatch(for: try Sample.model()))
    }

    @Test func `The only group of a connection need not be named`() throws {
        let one = Identity(user: UserID("1")!, groups: [Sample.group("red"), Sample.group("red")])
        #expect(try change("", of: Sample.model(.group(by: Sample.team)), by: one).scope == .group(Sample.group("red")))
        let none = Identity(user: UserID("1")!)
        #expect(try change("", of: Sample.model(.group(by: Sample.team)), by: none).scope == nil)
    }

    @Test(arguments: [
        "\"blue\"", "\"\"", "8", "7.0", "\"Red\"", "true", "[\"red\"]", #"{"$gt":""}"#, "\"red \"", "\"\\ud800\"",
    ])
    func `An item that names a group of others is refused`(value: String) throws {
        #expect(
            try refusal(",\"team\":\(value)", of: Sample.model(.group(by: Sample.team)))
                == "team: must be a group of yours")
    }

    @Test func `What belongs to the protocol is no field`() throws {
        let members = #","id":5,"is_local_only":true,"sync_error":"x","created_at":"y","updated_at":[],"user_id":1"#
        for unknownFields in Model.UnknownFields.allCases {
            let model = try Sample.model(unknownFields: unknownFields)
            #expect(try change(members, of: model).patch == FieldPatch(for: model))
        }
    }

    @Test(arguments: [
        (#","bogus":1"#, "Invalid field name(s) for model Task: 'bogus'."),
        (#","title":null"#, "title: may not be null"),
        (#","title":1"#, "title: must be a string, is a number"),
        (#","done":"yes""#, "done: must be true or false, is a string"),
        (#","title":"\#(String(repeating: "x", count: 201))""#, "title: must have at most 200 characters, has 201"),
        (#","title":"\ud800""#, "title: has a lone surrogate, which is no Unicode text and cannot be stored"),
        (#","team":"red""#, "Invalid field name(s) for model Task: 'team'."),
    ])
    func `A field that does not fit is named`(members: String, message: String) throws {
        #expect(try refusal(members) == message)
    }

    @Test func `Values reach the patch`() throws {
        let model = try Sample.model(unknownFields: .keep)
        let change = try change(#","title":"A","x":{"y":1.0},"done":1"#, of: model)
        let values = try FieldValues.none.merged(with: change.patch, in: model)
        #expect(values == FieldValues(canonical: Array(#""title":"A","done":true,"x":{"y":1.0}"#.utf8)))
    }
}
