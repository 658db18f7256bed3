import PulseEngine
import PulseModel
import PulseMongo
import PulseTesting
import Testing

@Suite struct LayoutTests {
    private static let task = StoreConformance.schema[ModelName("task")!]!

    private let layout: ModelLayout = {
        let fields = LayoutTests.task.fields.map { field in
            (field.name, SchemaHistory.PastField(kind: field.kind, isNullable: field.isNullable))
        }
        return ModelLayout(LayoutTests.task.name, fields: Dictionary(uniqueKeysWithValues: fields))
    }()

    private func record(_ json: String, scope: Scope = .user(UserID("42")!)) throws -> Record {
        guard case .object(let object) = try JSONValue.parse(json) else { throw FieldError("no object") }
        let patch = try FieldPatch(object.members, for: Self.task, by: .server, ignoring: { _ in false })
        return Record(
            key: RecordKey(model: Self.task.name, syncID: SyncID(high: 1, low: 2)), id: 17, version: Version(203),
            scope: scope, state: .live, fields: try FieldValues.none.merged(with: patch, in: Self.task),
            origin: .init(writer: UserID("42"), base: Version(202)), created: Timestamp(microseconds: -1),
            updated: Timestamp(microseconds: 1_790_000_000_000_007))
    }

    private func read(_ document: [UInt8]) throws -> Record {
        try document.withUnsafeBytes { try layout.record($0) }
    }

    @Test(arguments: [
        #"{"title":"a\u0000\"\\b","count":-9223372036854775808,"ratio":-0.0,"price":"0.0001","done":true}"#,
        #"{"moment":"2026-02-28T12:00:00.123Z"}"#, #"{"moment":"2026-02-28T12:00:00.123456789Z"}"#,
        #"{"moment":"0001-01-01T00:00:00Z"}"#, #"{"moment":"1969-12-31T23:59:59.001Z"}"#,
        #"{"moment":"2000-02-29T23:59:59.9Z"}"#, #"{"moment":"9999-12-31T23:59:59.999Z"}"#,
        #"{"price":"9999999999999999999999999999999999.9999","day":"1600-02-29"}"#,
        #"{"data":{"a":[1,2.5,1e5,1.0,"x",null,{"b":{}}]},"label":"0F8FAD5B-D9CB-469F-A165-70867728950E"}"#,
        #"{"data":{"$where":"sleep(1)"}}"#, #"{"data":{"a.b":1}}"#, #"{"data":{"":1}}"#, #"{"data":[[[]]]}"#,
        #"{"extra":1,"_sync":{"scope":"*"},"_id":1,"$set":{"x":1},"version":9,"more":"x","user_id":7}"#,
        #"{"Version":1,"x":1.50,"y":2}"#,
    ])
    func `A record reads back as it was written`(json: String) throws {
        for scope in [
            Scope.global, .user(UserID("x y")!), .group(GroupID(claim: ClaimName("extra")!, value: GroupName("7")!)),
        ] {
            let record = try record(json, scope: scope)
            #expect(try read(layout.document(of: record)) == record)
        }
    }

    @Test func `Nesting that MongoDB does not take is kept as text`() throws {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        var json = JSONWriter()
        json.raw(Array("\"title\":\"\",\"data\":\(deep)".utf8))
        let record = try record("{}").changed(fields: FieldValues(canonical: json.bytes))
        let document = layout.document(of: record)
        #expect(try read(document) == record)
        #expect(document.count < 1_000)
    }

    @Test func `A long array of small numbers fits a document`() throws {
        let numbers = Array(repeating: "1", count: 2_000_000).joined(separator: ",")
        let bytes = Array("\"title\":\"\",\"data\":[\(numbers)]".utf8)
        let record = try record("{}").changed(fields: FieldValues(canonical: bytes))
        let document = layout.document(of: record)
        #expect(document.count < 16 << 20)
        #expect(try read(document) == record)
    }

    @Test func `The largest record fits a document, whatever its fields are called`() throws {
        var bytes = Array(#""title":"""#.utf8)
        for index in 100_000... {
            guard bytes.count < FieldValues.maximumByteCount - 16 else { break }
            bytes += Array(",\"_\(String(index, radix: 36))\":1".utf8)
        }
        let record = try record("{}").changed(fields: FieldValues(canonical: bytes))
        let document = layout.document(of: record)
        #expect(document.count < 16 << 20)
        #expect(try read(document) == record)
    }

    @Test func `A damaged document is an error, never a crash, wherever it is cut or changed`() throws {
        let document = layout.document(
            of: try record(#"{"title":"t","price":"1.5","data":{"a":[1.50]},"moment":"2026-02-28T12:00:00.1234Z"}"#))
        for count in 0..<document.count {
            #expect(throws: BSONError.self) { try read(Array(document[..<count])) }
        }
        var errors = 0
        for index in document.indices {
            for bit in 0..<8 {
                var damaged = document
                damaged[index] ^= 1 << UInt8(bit)
                do { _ = try read(damaged) } catch { errors += 1 }
            }
        }
        #expect(errors > document.count)
    }
}

extension Record {
    fileprivate func changed(fields: FieldValues) -> Record {
        Record(
            key: key, id: id, version: version, scope: scope, state: state, fields: fields, origin: origin,
            created: created, updated: updated)
    }
}
