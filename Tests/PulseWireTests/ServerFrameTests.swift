import PulseModel
import PulseWire
import Testing

@Suite struct ServerFrameTests {
    @Test(
        arguments: [
            (.synced, .string(Sample.text), #""status":"SUCCESS","sync_id":"\#(Sample.text)""#),
            (.conflict, .string(Sample.text), #""status":"CONFLICT","sync_id":"\#(Sample.text)""#),
            (.failed(ItemError("a: \"b\"\n")), .string("x"), #""status":"ERROR","sync_id":"x","error":"a: \"b\"\n""#),
            (.failed(ItemError("")), .null, #""status":"ERROR","sync_id":null,"error":"""#),
            (.failed(ItemError("e")), .int(7), #""status":"ERROR","sync_id":7,"error":"e""#),
        ] as [(ItemResult, JSONValue, String)])
    func `The ack of an upload`(result: ItemResult, id: JSONValue, expected: String) {
        let payload = payload { $0.appendAckIndividual(table: "Task", id: id, result: result) }
        #expect(payload == #"{"type":"SYNC_ACK_INDIVIDUAL","table":"Task",\#(expected)}"#)
    }

    @Test(
        arguments: [
            ([], #""synced_ids":[],"conflicts":[],"errors":[]"#),
            ([.synced], #""synced_ids":["0"],"conflicts":[],"errors":[]"#),
            ([.conflict], #""synced_ids":[],"conflicts":["0"],"errors":[]"#),
            ([.failed(ItemError("e"))], #""synced_ids":[],"conflicts":[],"errors":[{"id":"0","msg":"e"}]"#),
            (
                [.failed(ItemError("e")), .synced, .conflict, .synced, .conflict, .failed(ItemError("\u{0}"))],
                #""synced_ids":["1","3"],"conflicts":["2","4"],"errors":[{"id":"0","msg":"e"},{"id":"5","msg":"\u0000"}]"#
            ),
            ([.synced, .synced, .synced], #""synced_ids":["0","1","2"],"conflicts":[],"errors":[]"#),
            ([.conflict, .synced], #""synced_ids":["1"],"conflicts":["0"],"errors":[]"#),
        ] as [([ItemResult], String)])
    func `The ack of a batch`(results: [ItemResult], expected: String) {
        let items = results.enumerated().map { (id: JSONValue.string(String($0)), result: $1) }
        let payload = payload { $0.appendBatchAck(table: "Task", items: items) }
        #expect(payload == #"{"type":"BATCH_ACK","table":"Task",\#(expected)}"#)
    }

    @Test func `Ids in the ack of a batch are echoed as they were written`() {
        let items: [(id: JSONValue, result: ItemResult)] = [
            (.null, .failed(ItemError("a"))), (.int(7), .failed(ItemError("b"))), (.string("\"\\"), .conflict),
            (.string("ABC"), .synced), (.bool(true), .synced),
        ]
        #expect(
            payload { $0.appendBatchAck(table: "a\"b", items: items) }
                == #"{"type":"BATCH_ACK","table":"a\"b","synced_ids":["ABC",null],"conflicts":["\"\\"],"errors":[{"id":null,"msg":"a"},{"id":7,"msg":"b"}]}"#
        )
    }

    @Test func `A live push`() throws {
        let model = try Sample.model()
        #expect(
            payload { $0.appendUpdate(Sample.record(), of: model, as: .push) }
                == #"{"type":"SYNC_UPDATE","data":{"model":"task","sync_id":"\#(Sample.text)","version":7,"data":{"id":1,"version":7,"is_deleted":false,"user_id":1,"title":"A","done":false}}}"#
        )
    }

    @Test func `An answer to a delta request echoes the table and has the sync id last`() throws {
        let model = try Sample.model()
        #expect(
            payload { $0.appendUpdate(Sample.record(), of: model, as: .delta(table: "TASK")) }
                == #"{"type":"SYNC_UPDATE","data":{"model":"TASK","sync_id":"\#(Sample.text)","version":7,"data":{"id":1,"version":7,"is_deleted":false,"user_id":1,"title":"A","done":false,"sync_id":"\#(Sample.text)"}}}"#
        )
    }

    @Test(
        arguments: [
            (.user(UserID("1")!), "1"), (.user(UserID("-5")!), "-5"), (.user(UserID("007")!), #""007""#),
            (.user(UserID("al\"ice")!), #""al\"ice""#),
            (.user(UserID("9223372036854775808")!), #""9223372036854775808""#),
            (.global, "null"), (.group(Sample.group("red")), #"null,"team":"red""#),
            (.group(Sample.group("7")), #"null,"team":"7""#),
            (.group(Sample.group("a\\b")), #"null,"team":"a\\b""#),
        ] as [(Scope, String)])
    func `The owner of a record`(scope: Scope, expected: String) throws {
        let model = try Sample.model()
        let payload = payload { $0.appendUpdate(Sample.record(scope: scope), of: model, as: .push) }
        #expect(
            payload
                == #"{"type":"SYNC_UPDATE","data":{"model":"task","sync_id":"\#(Sample.text)","version":7,"data":{"id":1,"version":7,"is_deleted":false,"user_id":\#(expected),"title":"A","done":false}}}"#
        )
    }

    @Test func `A soft-deleted record is an ordinary one with its mark`() throws {
        let model = try Sample.model()
        let record = Sample.record(state: .deleted, id: 3, version: .max)
        #expect(
            payload { $0.appendUpdate(record, of: model, as: .push) }
                == #"{"type":"SYNC_UPDATE","data":{"model":"task","sync_id":"\#(Sample.text)","version":9223372036854775807,"data":{"id":3,"version":9223372036854775807,"is_deleted":true,"user_id":1,"title":"A","done":false}}}"#
        )
    }

    @Test(arguments: [(.push, "task"), (.delta(table: "Task"), "Task")] as [(UpdateForm, String)])
    func `A hard delete names the record and nothing else`(form: UpdateForm, table: String) throws {
        let model = try Sample.model()
        let record = Sample.record("", state: .erased)
        #expect(
            payload { $0.appendUpdate(record, of: model, as: form) }
                == #"{"type":"SYNC_UPDATE","data":{"type":"HARD_DELETE","model":"\#(table)","sync_id":"\#(Sample.text)"}}"#
        )
    }

    @Test(arguments: [UpdateForm.push, .delta(table: "task")], ["", #""gone":1"#, #""gone":1,"more":[2]"#])
    func `A record of a model that has no fields, or none any more, is JSON`(form: UpdateForm, fields: String) throws {
        let model = try Model(ModelName("task")!, audience: .global, fields: [])
        let end = form == .push ? "" : #","sync_id":"\#(Sample.text)""#
        #expect(
            payload { $0.appendUpdate(Sample.record(fields, scope: .global), of: model, as: form) }
                == #"{"type":"SYNC_UPDATE","data":{"model":"task","sync_id":"\#(Sample.text)","version":7,"data":{"id":1,"version":7,"is_deleted":false,"user_id":null\#(end)}}}"#
        )
    }

    @Test(
        arguments: [
            (.badJSON, nil, #""code":100,"message":"m\"","retryable":false"#),
            (.unknownTable, "Nope", #""code":200,"message":"m\"","retryable":false,"table":"Nope""#),
            (.cursorAhead, "t", #""code":300,"message":"m\"","retryable":false,"table":"t""#),
            (.storeUnavailable, "a\"b", #""code":500,"message":"m\"","retryable":true,"table":"a\"b""#),
            (.busy, nil, #""code":501,"message":"m\"","retryable":true"#),
        ] as [(WireError.Code, String?, String)])
    func `An error`(code: WireError.Code, table: String?, expected: String) {
        let payload = payload { $0.appendError(WireError(code, "m\"", table: table)) }
        #expect(payload == #"{"type":"SYNC_ERROR",\#(expected)}"#)
    }
}
