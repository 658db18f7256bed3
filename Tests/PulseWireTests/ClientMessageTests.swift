import PulseModel
import PulseWire
import Testing

@Suite struct ClientMessageTests {
    @Test(
        arguments: [
            ("", .badJSON), (" \n", .badJSON), ("{", .badJSON), ("{}{}", .badJSON),
            (#"{"type":"SYNC_UPLOAD",}"#, .badJSON),
            ("[1,]", .badJSON), ("{'type':1}", .badJSON), ("// x", .badJSON), ("NaN", .badJSON),
            ("\u{FEFF}{}", .badJSON),
            ("{\"type\":\"a\nb\"}", .badJSON), (#"{"type":"SYNC_UPLOAD","type":"SYNC_UPLOAD"}"#, .badJSON),
            (#"{"table":"a","\u0074able":"a","type":"SYNC_REQUEST_DELTA"}"#, .badJSON),
            (#"{"type":"SYNC_REQUEST_DELTA","table":"a","\ud800":1}"#, .badJSON), ("{}\0", .badJSON),
            ("null", .badMessage), ("1", .badMessage), ("-0", .badMessage), (#""x""#, .badMessage), ("[]", .badMessage),
            ("true", .badMessage), (#""\ud800""#, .badMessage), ("{}", .badMessage), (#"{"type":null}"#, .badMessage),
            (#"{"type":1}"#, .badMessage), (#"{"type":["SYNC_UPLOAD"]}"#, .badMessage),
            (#"{"type":"\ud800"}"#, .badMessage),
            (#"{"Type":"SYNC_UPLOAD"}"#, .badMessage), (#"{"type":""}"#, .unknownType),
            (#"{"type":"sync_upload"}"#, .unknownType),
            (#"{"type":"SYNC_UPLOAD "}"#, .unknownType), (#"{"type":"SYNC_UPLOAD\u0000"}"#, .unknownType),
            (#"{"type":"SYNC_UPDATE"}"#, .unknownType), (#"{"type":"__proto__"}"#, .unknownType),
        ] as [(String, WireError.Code)])
    func `What is no message is refused with its code`(text: String, code: WireError.Code) throws {
        let error = try refusal(of: text)
        #expect(error.code == code)
        #expect(error.table == nil)
        #expect(!error.message.isEmpty)
    }

    @Test(
        arguments: [[0xff, 0xfe], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x7b, 0, 0x7d, 0]]
            as [[UInt8]])
    func `Bytes that are not UTF-8 are no JSON`(bytes: [UInt8]) throws {
        #expect(try #require(throws: WireError.self) { try decode(bytes) }.code == .badJSON)
    }

    @Test func `Levels are counted up to the limit`() throws {
        let nested = { (levels: Int) in
            #"{"type":"SYNC_UPLOAD","table":"a","payload":{"x":"#
                + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}}"
        }
        #expect(throws: Never.self) { try decode(nested(30)) }
        #expect(try refusal(of: nested(31)).code == .tooLarge)
        #expect(try refusal(of: String(repeating: "[", count: 100_000)).code == .tooLarge)
        #expect(try refusal(of: String(repeating: #"{"a":"#, count: 100_000)).code == .tooLarge)
        var limits = WireLimits()
        limits.maximumDepth = 2
        #expect(throws: Never.self) { try decode(nested(0).replacing("\"x\":", with: "\"x\":1"), limits: limits) }
        #expect(try refusal(of: nested(1), limits: limits).code == .tooLarge)
    }

    @Test(arguments: ["SYNC_REQUEST_DELTA", "SYNC_UPLOAD", "SYNC_BATCH_UPLOAD"])
    func `Every message names its table`(type: String) throws {
        for (table, code) in [
            ("", .badField), (#","table":null"#, .badField), (#","table":1"#, .badField),
            (#","table":["a"]"#, .badField),
            (#","table":{"$ne":null}"#, .badField), (#","table":"\ud800""#, .badField), (#","Table":"a""#, .badField),
        ] as [(String, WireError.Code)] {
            let error = try refusal(of: #"{"type":"\#(type)","payload":{}\#(table)}"#)
            #expect(error.code == code)
            #expect(error.table == nil)
        }
        #expect(
            try refusal(of: #"{"type":"\#(type)","payload":{},"table":"\ud800"}"#).message
                == "\"table\" must be a string, is a string with a lone surrogate.")
    }

    @Test(arguments: ["x", "\u{E9}", "e\u{301}", "\u{1F600}"])
    func `A table's name that is too long is no table, and is not echoed whole`(unit: String) throws {
        let long = String(repeating: unit, count: 10_000)
        let error = try refusal(of: #"{"type":"SYNC_REQUEST_DELTA","table":"\#(long)"}"#)
        #expect(error.code == .unknownTable)
        let echo = try #require(error.table)
        #expect((1...64).contains(echo.utf8.count))
        #expect(long.utf8.starts(with: echo.utf8))
    }

    @Test(arguments: [String(repeating: "x", count: 64), "", " ", "Task", "'; DROP TABLE record;--", "\u{E9}", "\0"])
    func `A table is taken as the client wrote it`(table: String) throws {
        var writer = JSONWriter()
        writer.string(table)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        guard case .requestDelta(let request) = try decode(#"{"type":"SYNC_REQUEST_DELTA","table":\#(text)}"#) else {
            Issue.record("not a request")
            return
        }
        #expect(request.table.utf8.elementsEqual(table.utf8))
    }

    @Test(arguments: ["x", "\u{301}", "\u{1F600}", "a\u{301}"])
    func `An unknown type is not echoed whole`(unit: String) throws {
        let error = try refusal(of: #"{"type":"\#(String(repeating: unit, count: 10_000))"}"#)
        #expect(error.code == .unknownType)
        #expect(error.message.utf8.count <= 64 + 32)
    }

    @Test func `A key that stands twice is named`() throws {
        #expect(try refusal(of: #"{"type":"a","type":"b"}"#).message == #"The key "type" is there twice."#)
    }

    @Test func `Keys that a message does not have are passed over`() throws {
        let text = """
             \t\r\n{ "x" : {"a":1,"a":"\\ud800"} , "table" : "a" , "type" : "SYNC_REQUEST_DELTA" , "last_version" : 3 }
            """
        guard case .requestDelta(let request) = try decode(text) else {
            Issue.record("not a request")
            return
        }
        #expect(request.lastVersion == Version(3))
    }

    @Test func `The numbers of the codes never change`() {
        let numbers = [100, 101, 102, 103, 104, 200, 201, 300, 400, 401, 500, 501, 502, 503]
        #expect(WireError.Code.allCases.map(\.rawValue) == numbers)
        #expect(WireError.Code.allCases.filter(\.isRetryable).map(\.rawValue) == [401, 500, 501, 502, 503])
    }

    @Test func `The limits are those of the protocol`() {
        let limits = WireLimits()
        #expect(limits.maximumMessageBytes == 1_048_576)
        #expect(limits.maximumBatchItems == 1_000)
        #expect(limits.maximumDepth == 32)
    }

    @Test func `What is longer than the limits refuses the message, or the item with the name of the field`() throws {
        var limits = WireLimits()
        limits.maximumScalarBytes = 64
        limits.maximumKeys = 20
        let long = String(repeating: "x", count: 65)
        let keys = (0..<21).map { #""k\#($0)":1"# }.joined(separator: ",")
        let request = #"{"type":"SYNC_REQUEST_DELTA","table":"task""#
        #expect(try refusal(of: request + #","\#(long)":1}"#, limits: limits).code == .tooLarge)
        #expect(try refusal(of: request + ",\(keys)}", limits: limits).code == .tooLarge)
        #expect(
            try refusal(of: request + #","last_version":1\#(String(repeating: "0", count: 65))}"#, limits: limits).code
                == .badField)
        func error(_ member: String) throws -> String {
            let payload = #"{"sync_id":"\#(Sample.text)",\#(member)}"#
            let text = #"{"type":"SYNC_UPLOAD","table":"task","payload":\#(payload)}"#
            guard case .upload(let upload) = try decode(text, limits: limits) else { return "no upload" }
            #expect(upload.item.echoedID == .string(Sample.text))
            return try #require(throws: ItemError.self) {
                try upload.item.change(of: Sample.model(), by: Sample.alice)
            }.message
        }
        #expect(try error(#""title":"\#(long)""#) == "title: is longer than allowed")
        #expect(try error(#""\#(long)":1"#) == "A key is longer than allowed.")
        #expect(try error(keys) == "An object has more keys than allowed.")
    }
}
