import PulseModel
import PulseWire
import Testing

@Suite struct StreamTests {
    private static let stamp = "19700101T000000.000Z-0007"

    private static func entry(_ record: Record, of model: Model) -> String {
        payload { $0.appendEntry(record, of: model) }
    }

    private static func entry(_ doc: String, collection: String = "task", _ rest: String) -> String {
        #"{"version":"\#(stamp)","collection":"\#(collection)","doc_id":\#(doc),\#(rest)}"#
    }

    private static func decode(_ text: String) throws -> StreamMessage {
        try Array(text.utf8).withUnsafeBytes { try StreamMessage.decode($0, limits: WireLimits()) }
    }

    @Test func `A record goes by its sync id, which its document has first`() throws {
        #expect(
            try Self.entry(Sample.record(), of: Sample.model())
                == Self.entry(
                    #""\#(Sample.text)""#,
                    #""operation":"upsert","data":{"_id":"\#(Sample.text)","title":"A","done":false},"parent_version":null"#
                ))
    }

    @Test func `A document is as today's model shows it`() throws {
        let record = Sample.record(#""gone":1,"title":"A""#)
        #expect(try Self.entry(record, of: Sample.model()).contains(#","title":"A","done":false},"#))
        let bare = try Model(ModelName("task")!, audience: .user, fields: [])
        for fields in ["", #""title":"A""#] {
            #expect(Self.entry(Sample.record(fields), of: bare).contains(#""data":{"_id":"\#(Sample.text)"},"#))
        }
    }

    @Test(arguments: [Record.State.deleted, .erased])
    func `Of what is deleted there are no data`(state: Record.State) throws {
        let record = Sample.record(state == .erased ? "" : #""title":"A","done":false"#, state: state)
        #expect(
            try Self.entry(record, of: Sample.model())
                == Self.entry(#""\#(Sample.text)""#, #""operation":"delete","data":null,"parent_version":null"#))
    }

    @Test(arguments: [(DocumentID.number(-7), "-7"), (.text("a\"b"), #""a\"b""#)])
    func `A schemaless document goes by the id that its writer gave it`(id: DocumentID, text: String) throws {
        let parts = try Model(collection: ModelName("parts")!, audience: .user)
        let fields = try FieldValues(document: id, [.init(key: "n", value: .array([.int(1)]))])
        for (state, rest) in [
            (Record.State.live, #""operation":"upsert","data":{"_id":\#(text),"n":[1]}"#),
            (.deleted, #""operation":"delete","data":null"#),
        ] {
            let record = Record(
                key: RecordKey(model: parts.name, syncID: Sample.id), id: 7, version: Version(7),
                parent: HybridTime(ticks: 3), scope: .user(Sample.alice.user), state: state, fields: fields,
                origin: .init(writer: nil, base: .zero), created: Timestamp(microseconds: 1),
                updated: Timestamp(microseconds: 2))
            #expect(
                Self.entry(record, of: parts)
                    == Self.entry(
                        text, collection: "parts", rest + #","parent_version":"19700101T000000.000Z-0003""#))
        }
    }

    @Test func `A subscription says from where on, and may say of what and by which token`() throws {
        guard
            case .subscribe(let short) = try Self.decode(#"{"type":"subscribe","since":"\#(Self.stamp)-node"}"#),
            case .subscribe(let long) = try Self.decode(
                #"{"type":"subscribe","since":"\#(Self.stamp)","collections":["a","a"],"token":"t","scope_id":"s"}"#),
            case .subscribe(let null) = try Self.decode(
                #"{"type":"subscribe","since":"\#(Self.stamp)","collections":null,"token":null,"scope_id":null}"#)
        else {
            Issue.record("no subscription")
            return
        }
        #expect(long.since == HybridTime(ticks: 7) && long.collections == ["a", "a"])
        #expect(long.token == "t" && long.scopeID == "s")
        for empty in [short, null] {
            #expect(empty.since == HybridTime(ticks: 7) && empty.collections.isEmpty)
            #expect(empty.token == nil && empty.scopeID == nil)
        }
    }

    @Test(
        arguments: [
            #""since":null"#, #""since":7"#, #""since":"x""#, #""since":"\#(stamp)","collections":"a""#,
            #""since":"\#(stamp)","collections":[null]"#, #""since":"\#(stamp)","token":7"#,
            #""since":"\#(stamp)","token":"""#, #""since":"\#(stamp)","scope_id":[]"#,
        ])
    func `A subscription that is not as it must be is refused`(members: String) throws {
        let error = try #require(throws: WireError.self) { try Self.decode(#"{"type":"subscribe",\#(members)}"#) }
        #expect(error.code == .badField)
    }

    @Test func `Notices`() {
        #expect(payload { $0.append(.ping) } == #"{"type":"ping"}"#)
        #expect(payload { $0.append(.error("a\"b")) } == #"{"type":"error","detail":"a\"b"}"#)
        #expect(payload { $0.append(.authenticated(expiresIn: nil)) } == #"{"type":"auth_ack","expires_in":null}"#)
        #expect(
            payload { $0.append(.fullResyncRequired([ModelName("a")!, ModelName("b")!])) }
                == #"{"type":"full_resync_required","collections":["a","b"]}"#)
    }
}
