import Foundation
import Pulse
import Testing

@Suite struct SyncModelTests {
    @Test func `The model of a struct is the one that is built by hand`() throws {
        let model = try Model(
            #require(ModelName("every_thing")), audience: .group(by: #require(ClaimName("team"))),
            fields: [
                Field("name", .string(maxLength: 80)),
                Field("notes", .text, default: .string("None.")),
                Field("is_open", .bool, default: .bool(true)),
                Field("count", .int, default: .int(-3), conflict: .counter),
                Field("weight", .double, default: .parse("1.5")),
                Field("price", .decimal(maxDigits: 38, decimalPlaces: 10)),
                Field("due_day", .date, isNullable: true),
                Field("seen_at", .dateTime, isNullable: true),
                Field("token", .uuid, isNullable: true),
                Field("tags", .json, default: .parse(#"["new"]"#)),
                Field(
                    "priority", .string(maxLength: 4), default: .string("low"),
                    choices: [.string("low"), .string("high")]),
                Field("stars", .int, isNullable: true, default: .int(2), choices: [.int(1), .int(2)]),
                Field("assigned", .reference(to: ModelName("every_thing")), isNullable: true, isReadOnly: true),
                Field("unit", .reference(to: nil), isNullable: true),
            ], unknownFields: .keep, conflicts: ConflictRules(.lastWriter(by: "seen_at"), merge: .fields))
        #expect(Everything.model == model)
        #expect(try Schema([Everything.model]).fingerprint == Schema([model]).fingerprint)
    }

    @Test func `A property leads to its field`() {
        #expect(Everything.fieldName(of: \.dueDay) == "due_day")
        #expect(Everything.fieldName(of: \.assignedTo) == "assigned")
    }

    @Test func `A new value knows its sync id, and nothing that the server gives`() {
        let new = Everything(name: "A", price: 1)
        #expect(new.version == .zero)
        #expect(new.id == nil && new.scope == nil && new.owner == nil && new.createdAt == nil && new.updatedAt == nil)
        #expect(!new.isDeleted)
        #expect(new.syncID != Everything(name: "A", price: 1).syncID)
        #expect(Reference(new) == .syncID(new.syncID))
    }

    @Test func `A value knows what the server gave its record`() throws {
        let record = try record(#"{"name":"A","price":"1"}"#, scope: .user(#require(UserID("7"))), state: .deleted)
        let value = try Everything(record)
        #expect(value.syncID == record.key.syncID && value.version == Version(5) && value.id == 3)
        #expect(value.owner == UserID("7") && value.isDeleted)
        #expect(value.createdAt == Date(timeIntervalSince1970: 1.5))
        #expect(value.updatedAt == Date(timeIntervalSince1970: 2))
    }

    @Test func `A new value is written whole, with its defaults`() throws {
        let new = Everything(name: "A", price: 1)
        let values = try FieldValues.none.merged(with: patch(new.changedMembers()), in: Everything.model)
        #expect(try values == fields(#"{"name":"A","price":"1"}"#))
    }

    @Test func `Only what was changed is written, and it comes back`() throws {
        var value = try Everything(record(#"{"name":"A","price":"1"}"#))
        #expect(try value.changedMembers().isEmpty)
        value.dueDay = CalendarDate(year: 2024, month: 2, day: 29)
        value.weight = -0.0
        value.stars = nil
        #expect(try value.changedMembers().map(\.key) == ["weight", "due_day", "stars"])
        let values = try #require(value.sync.record).fields.merged(
            with: patch(value.changedMembers()), in: Everything.model)
        let again = try Everything(record(values))
        #expect(again.dueDay == value.dueDay && again.weight.sign == .minus && again.stars == nil)
        value.dueDay = nil
        value.weight = 1.5
        value.stars = .two
        #expect(try value.changedMembers().isEmpty)
    }

    /// What clients send in forms of their own, and what Swift does not hold exactly.
    @Test(arguments: [
        #"{"name":"A","price":"0.10"}"#,
        #"{"name":"","price":-0.0,"is_open":0,"weight":5,"count":9223372036854775807}"#,
        #"{"name":"e\u0301","price":"1e3","seen_at":"2026-02-28 12:00:00+05:30","weight":-0}"#,
        #"{"name":"👩‍👩‍👧‍👦","price":1.5,"seen_at":"2001-01-01T00:00:00.123456789Z","tags":{"b":1.0,"a":[1e400]}}"#,
        #"{"name":"A","price":1,"seen_at":"9999-12-31T23:59:59.999999999Z","unit":"a","assigned":5}"#,
        #"{"name":"A","price":1,"token":"0123456789ABCDEF0123456789ABCDEF","due_day":"0001-01-01","unit":-5,"extra":[1]}"#,
    ])
    func `What was loaded and not changed is not written again`(_ upload: String) throws {
        let value = try Everything(record(upload))
        #expect(try value.changedMembers().isEmpty)
        #expect(try value.members().count == Everything.model.fields.count)
    }

    @Test func `A field that was declared after the record was written has its default`() throws {
        let value = try Everything(record(FieldValues(canonical: Array(#""price":"1.0000000000","old":5"#.utf8))))
        #expect(value.name == "" && value.notes == "None." && value.stars == .two && value.dueDay == nil)
        #expect(value.price == 1)
        #expect(try value.changedMembers().isEmpty)
    }

    @Test func `A value that is none of the property's type is told with the field's name`() throws {
        let damages = [
            #""name":"A""#: "price: has no value",
            #""price":"1","priority":"urgent""#: "priority: must be one of low, high",
            #""price":"1","count":1.5"#: "count: must be a 64-bit integer, is a number",
            #""price":"1","count":1e"#: "count: is stored in a damaged form",
            #""price":"1","tags":[1"#: "The record is stored in a damaged form.",
        ]
        for (members, message) in damages {
            let error = #expect(throws: FieldError.self) {
                try Everything(record(FieldValues(canonical: Array(members.utf8))))
            }
            #expect(error?.description == message)
        }
        let error = #expect(throws: FieldError.self) {
            var value = Everything(name: "A", price: 1)
            value.weight = .nan
            _ = try value.members()
        }
        #expect(error?.description == "weight: must be finite, is nan")
    }

    @Test func `A tombstone has no value`() throws {
        #expect(throws: FieldError.self) { try Everything(record(.none, state: .erased)) }
    }

    private func patch(_ members: [JSONObject.Member]) throws -> FieldPatch {
        try FieldPatch(members, for: Everything.model, by: .server, ignoring: { _ in false })
    }

    private func fields(_ upload: String) throws -> FieldValues {
        guard case .object(let object) = try JSONValue.parse(upload) else { fatalError("No object: \(upload)") }
        return try FieldValues.none.merged(with: patch(object.members), in: Everything.model)
    }

    private func record(_ upload: String, scope: Scope = .global, state: Record.State = .live) throws -> Record {
        try record(fields(upload), scope: scope, state: state)
    }

    private func record(_ fields: FieldValues, scope: Scope = .global, state: Record.State = .live) throws -> Record {
        Record(
            key: RecordKey(model: Everything.modelName, syncID: .random()), id: 3, version: Version(5), scope: scope,
            state: state, fields: fields, origin: Record.Origin(writer: nil, base: .zero),
            created: Timestamp(microseconds: 1_500_000), updated: Timestamp(microseconds: 2_000_000))
    }
}
