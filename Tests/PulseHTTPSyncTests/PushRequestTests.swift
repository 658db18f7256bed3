import PulseHTTPSync
import PulseModel
import Testing

@Suite("Pushes as they come")
struct PushRequestTests {
    private static func read(_ body: String, maximumChanges: Int = 3) throws(SyncError) -> PushRequest {
        try PushRequest(
            Array(body.utf8), limits: JSONLimits(maximumDepth: 8, maximumScalarBytes: 600),
            maximumChanges: maximumChanges)
    }

    private static func push(_ change: String) -> String { #"{"client_id":"c","changes":[\#(change)]}"# }

    private static func change(_ members: String) -> String {
        push(#"{"collection":"notes","operation":"upsert","doc_id":"1"\#(members)}"#)
    }

    @Test("a change is read with all that it says")
    func whole() throws {
        let request = try Self.read(
            Self.push(
                #"{"collection":"notes","operation":"delete","doc_id":7,"data":null,"more":1,"#
                    + #""parent_version":"20260502T120000.000Z-0001-a1b2"}"#))
        #expect(request.client == ClientID("c"))
        #expect(request.changes.count == 1)
        #expect(request.changes[0].id == .number(7))
        #expect(request.changes[0].parent == HybridTime("20260502T120000.000Z-0001"))
    }

    @Test(
        "no parent, null and an empty text mean the same",
        arguments: ["", #","parent_version":null"#, #","parent_version":"""#])
    func noParent(members: String) throws {
        #expect(try Self.read(Self.change(members)).changes[0].parent == nil)
    }

    @Test("a client without a usable name is nobody that is known again", arguments: [#""""#, #""a\u0000b""#])
    func unnamed(name: String) throws {
        let body = #"{"client_id":\#(name),"changes":[{"collection":"n","operation":"delete","doc_id":"1"}]}"#
        #expect(try Self.read(body).client == nil)
    }

    @Test(
        "what is wrong is named by its place",
        arguments: [
            (#"{"changes":[]}"#, [["body", "client_id"], ["body", "changes"]]),
            (#"{"client_id":"c"}"#, [["body", "changes"]]),
            (#"{"client_id":7,"changes":{}}"#, [["body", "client_id"], ["body", "changes"]]),
            (#"[]"#, [["body"]]),
            (#"{"client_id":"c","client_id":"d","changes":[]}"#, [["body"]]),
            (push("{}"), ["collection", "operation", "doc_id"].map { ["body", "changes", "0", $0] }),
            (push("7"), [["body", "changes", "0"]]),
            (change(#","data":[]"#), [["body", "changes", "0", "data"]]),
            (change(#","data":{"a":1,"a":2}"#), [["body", "changes", "0", "data"]]),
            (change(#","parent_version":"yesterday""#), [["body", "changes", "0", "parent_version"]]),
            (change(#","parent_version":7"#), [["body", "changes", "0", "parent_version"]]),
            (change(#","scope_id":7"#), [["body", "changes", "0", "scope_id"]]),
            (
                push(#"{"collection":"n","operation":"merge","doc_id":"1"}"#), [["body", "changes", "0", "operation"]]
            ),
            (
                push(#"{"collection":"n","operation":"delete","doc_id":9223372036854775808}"#),
                [["body", "changes", "0", "doc_id", "str"], ["body", "changes", "0", "doc_id", "int"]]
            ),
            (push(#"{"collection":"n","operation":"delete","doc_id":""}"#), [["body", "changes", "0", "doc_id"]]),
            (
                push(#"{"collection":"n","operation":"delete","doc_id":"a\u0000"}"#),
                [["body", "changes", "0", "doc_id"]]
            ),
            (
                push(#"{"collection":"n","operation":"delete","doc_id":"\ud800"}"#),
                [["body", "changes", "0", "doc_id", "str"], ["body", "changes", "0", "doc_id", "int"]]
            ),
        ])
    func faults(body: String, places: [[String]]) {
        #expect(Self.faults(of: body) == places)
    }

    @Test(
        "what is no JSON is refused where it stops being so", arguments: ["", "{", "{]", #"{"a":NaN}"#, "\u{feff}{}"])
    func malformed(body: String) {
        #expect(Self.faults(of: body)?.first?.first == "body")
    }

    @Test("a body that nests deeper than allowed is refused")
    func deep() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(Self.faults(of: Self.change(#","data":{"a":\#(deep)"#)) != nil)
    }

    @Test("more changes than allowed are refused as too many")
    func tooMany() {
        let change = #"{"collection":"n","operation":"delete","doc_id":"1"}"#
        let body = Self.push(Array(repeating: change, count: 4).joined(separator: ","))
        #expect(throws: SyncError.self) { try Self.read(body) }
        #expect(Self.faults(of: body) == nil)
    }

    /// Where a body has faults; nil where it has none, or is refused for another reason.
    private static func faults(of body: String) -> [[String]]? {
        do throws(SyncError) {
            _ = try read(body)
            return nil
        } catch {
            guard case .invalid(let faults) = error else { return nil }
            return faults.map { fault in
                fault.location.map { step in
                    switch step {
                    case .name(let name): name
                    case .index(let index): String(index)
                    }
                }
            }
        }
    }
}
