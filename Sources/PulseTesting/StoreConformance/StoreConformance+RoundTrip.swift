import PulseEngine
import PulseModel

extension StoreConformance {
    static let roundTripCases = [
        Case("Commits leave the epoch as it is") { store in
            let epoch = try await store.position().epoch
            for index in 1...3 {
                try await store.write([Draft(index, in: user("1"))])
                let position = try await store.position()
                try expect(position.epoch, is: epoch, "the epoch")
                let head = LogHead(at: Version(Int64(index)))
                try expect(position.head, is: head.version, "the head beside it")
                try expect(position.stamp, is: head.stamp, "the head's stamp")
            }
        },
        Case("Every part of a record survives") { store in
            var expected: [Record] = []
            let numbers: [Int64] = [0, 1, -1, 1 << 53 + 1, .max, .min]
            let writers = [nil] + confusingNames.map { UserID($0) } + [UserID(String(repeating: "\u{20AC}", count: 85))]
            for (index, writer) in writers.enumerated() {
                let state = [Record.State.live, .deleted, .erased][index % 3]
                let number = numbers[index % numbers.count]
                let version = Version(Int64(index + 1))
                let record = Record(
                    key: RecordKey(
                        model: task,
                        syncID: [SyncID(high: 0, low: 0), SyncID(high: .max, low: .max)][safe: index] ?? id(index)),
                    id: index == 3 ? .max : version.number, version: version,
                    stamp: LogHead(at: version).stamp,
                    parent: index % 3 == 0 ? nil : HybridTime(ticks: max(0, number)),
                    scope: writer.map(Scope.user) ?? .global, state: state,
                    fields: state == .erased ? .none : Draft.fields(title: "\(index)"),
                    origin: .init(writer: writer, base: Version(max(0, number))),
                    created: Timestamp(microseconds: number),
                    updated: Timestamp(microseconds: numbers[(index + 1) % numbers.count]),
                    history: index % 2 == 0
                        ? .none : RecordHistory(stored: Array(#"{"digest":"\u{E9}","past":[]}"#.utf8)))
                try await store.commit(loading: [record.key]) { _, _ in ([record], ()) }
                expected.append(record)
            }
            let head = Version(Int64(expected.count))
            try expect(try await store.walk(.everything(after: .zero), upTo: head), are: expected, "the log")
            for record in expected {
                try expect(try await store.record(record.key), is: record, "the record")
                let lane = LogQuery.Lane(model: task, scope: record.scope, after: .zero)
                try expect(try await store.walk(.lanes([lane]), upTo: head), are: [record], "the lane")
            }
            let loaded = try await store.commit(loading: Set(expected.map(\.key))) { _, records in ([], records) }
            for record in expected { try expect(loaded[record.key], is: record, "the record that a commit loads") }
        },
        Case("Fields survive byte for byte, whatever their kind, their names and their text") { store in
            let model = schema[task]!
            var expected: [Record] = []
            for (index, patch) in patches.enumerated() {
                guard case .object(let object) = try JSONValue.parse(patch) else {
                    throw Failure("not an object: \(patch)")
                }
                var draft = Draft(index, in: user("1"))
                draft.fields = try FieldValues.none.merged(
                    with: FieldPatch(object.members, for: model, by: .server, ignoring: { _ in false }), in: model)
                expected += try await store.write([draft])
            }
            let head = Version(Int64(expected.count))
            try expect(try await store.walk(.everything(after: .zero), upTo: head), are: expected, "the log")
            for record in expected { try expect(try await store.record(record.key), is: record, "the record") }
        },
    ]

    /// Uploads to the model `task` with fields of every kind, as JSON.
    static let patches = [
        "{}", #"{"title":""}"#, #"{"title":"\u0000a\u0000"}"#,
        "{\"title\":\"\u{E9}e\u{301}\u{202E}\u{FEFF}\u{FFFF}\u{10FFFF}\"}",
        #"{"title":"'; DROP TABLE record;--","name":"$ne"}"#, #"{"title":"\"\\\/\b\f\n\r\t\u001f\u007f"}"#,
        #"{"done":true,"count":9223372036854775807}"#, #"{"done":false,"count":-9223372036854775808}"#,
        #"{"count":9007199254740993,"ratio":5e-324}"#, #"{"ratio":-0.0}"#, #"{"ratio":1.7976931348623157e308}"#,
        #"{"ratio":0.1}"#, #"{"ratio":3}"#, #"{"price":"9999999999999999999999999999999999.9999"}"#,
        #"{"price":"-0.0001"}"#,
        #"{"day":"0001-01-01","moment":"9999-12-31T23:59:59.999999999Z"}"#,
        #"{"moment":"2026-02-28T12:00:00.120+01:00"}"#,
        #"{"token":"0F8FAD5B-D9CB-469F-A165-70867728950E","parent":7}"#,
        #"{"parent":"0f8fad5b-d9cb-469f-a165-70867728950e","label":"al.ice"}"#, #"{"label":-1}"#,
        #"{"data":{"b":1,"a":[1.0,1E400,-0,0.10,12345678901234567890,true,null,{}],"":{"$ne":{"a.b":1}}}}"#,
        #"{"data":[]}"#,
        #"{"data":"2026-02-28"}"#, #"{"data":9007199254740993}"#, #"{"data":{"$oid":"507f1f77bcf86cd799439011"}}"#,
        #"{"data":{"$numberLong":"1"},"x":{"$date":0}}"#, "{\"data\":{\"\u{E9}\":1,\"e\u{301}\":2,\"a\\u0000b\":3}}",
        #"{"$where":"sleep(1)","$set":{},"a.b":1,"a..b":2,".a":3,"a.":4,"a.0":5,"$[]":6,"":7,"_id":8,"__proto__":9}"#,
        "{\"\u{E9}\":1,\"e\u{301}\":2,\"a\\u0000b\":3,\"a\":4,\"\\\"\":5,\"\\\\\":6}",
        "{\"data\":" + String(repeating: "[", count: 30) + String(repeating: "]", count: 30) + "}",
    ]
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
