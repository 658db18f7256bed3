import PulseModel
import PulseWire
import Testing

@Suite struct RequestTests {
    @Test(
        arguments: [
            ("", 0), (#","last_version":0"#, 0), (#","last_version":3"#, 3),
            (#","last_version":9223372036854775807"#, .max),
        ] as [(String, Int64)])
    func `A delta is asked for behind a version, or from the beginning`(member: String, version: Int64) throws {
        guard case .requestDelta(let request) = try decode(#"{"type":"SYNC_REQUEST_DELTA","table":"Task"\#(member)}"#)
        else {
            Issue.record("not a request")
            return
        }
        #expect(request.table == "Task")
        #expect(request.lastVersion == Version(version))
    }

    @Test(arguments: [
        "null", "-1", "-9223372036854775808", "1.0", "1.5", "1e2", "-0", "9223372036854775808", "\"3\"", "true", "[]",
        "{}",
    ])
    func `A last version that is no integer from 0 on is refused`(value: String) throws {
        let error = try refusal(of: #"{"type":"SYNC_REQUEST_DELTA","table":"Task","last_version":\#(value)}"#)
        #expect(error.code == .badField)
        #expect(error.table == "Task")
        #expect(error.message.hasPrefix("\"last_version\" must "))
    }

    @Test(arguments: ["{}", #"{"sync_id":7}"#, #"{"a":1,"a":2}"#, #"{"\ud800":"\ud800"}"#])
    func `An upload has an object; what is wrong in it is the item's own matter`(payload: String) throws {
        guard case .upload(let upload) = try decode(#"{"type":"SYNC_UPLOAD","table":"Task","payload":\#(payload)}"#)
        else {
            Issue.record("not an upload")
            return
        }
        #expect(upload.table == "Task")
    }

    @Test(arguments: [
        "", #","payload":null"#, #","payload":[]"#, #","payload":"x""#, #","payload":1"#, #","payloads":[{}]"#,
    ])
    func `An upload without an object is refused`(member: String) throws {
        let error = try refusal(of: #"{"type":"SYNC_UPLOAD","table":"Task"\#(member)}"#)
        #expect(error.code == .badField)
        #expect(error.table == "Task")
        #expect(error.message.hasPrefix("\"payload\" "))
    }

    @Test(arguments: [("", 0), (#","payloads":[]"#, 0), (#","payloads":[{}]"#, 1), (#","payloads":[7,{},null]"#, 3)])
    func `A batch has any items, or none`(member: String, count: Int) throws {
        guard case .batchUpload(let batch) = try decode(#"{"type":"SYNC_BATCH_UPLOAD","table":"Task"\#(member)}"#)
        else {
            Issue.record("not a batch")
            return
        }
        #expect(batch.table == "Task")
        #expect(batch.items.count == count)
    }

    @Test(arguments: ["null", "{}", "\"x\"", "1", "false"])
    func `A batch whose items are no array is refused`(value: String) throws {
        let error = try refusal(of: #"{"type":"SYNC_BATCH_UPLOAD","table":"Task","payloads":\#(value)}"#)
        #expect(error.code == .badField)
        #expect(error.table == "Task")
    }

    @Test(arguments: [
        (1_000, 1_000, true), (1_001, 1_000, false), (3, 3, true), (4, 3, false), (0, 0, true), (1, 0, false),
    ])
    func `A batch has as many items as the limit allows`(count: Int, limit: Int, isFine: Bool) throws {
        var limits = WireLimits()
        limits.maximumBatchItems = limit
        let payloads = Array(repeating: "{}", count: count).joined(separator: ",")
        let text = #"{"type":"SYNC_BATCH_UPLOAD","table":"Task","payloads":[\#(payloads)]}"#
        if isFine {
            #expect(throws: Never.self) { try decode(text, limits: limits) }
        } else {
            let error = try refusal(of: text, limits: limits)
            #expect(error.code == .tooLarge)
            #expect(error.table == "Task")
            #expect(error.message == "A batch has at most \(limit) items, this one \(count).")
        }
    }
}
