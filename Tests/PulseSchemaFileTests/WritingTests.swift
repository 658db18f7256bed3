import Foundation
import PulseModel
import PulseSchemaFile
import Testing

@Suite("Writing a schema file")
struct WritingTests {
    @Test("what is written reads as the same schema")
    func roundTrip() throws {
        let longKey = String(repeating: "k", count: 3000)
        let object = JSONObject([
            .init(key: "", value: .null), .init(key: longKey, value: .array([.int(-1), .bool(true)])),
            .init(key: "é", value: .object(JSONObject())), .init(key: "e\u{301}", value: .string("*a")),
            .init(key: "n", value: try #require(JSONNumber(literal: "1E400").map(JSONValue.number))),
        ])
        let text =
            "\"\\ \u{0}\u{1}\u{7f}\u{85}\u{a0}\u{2028}\u{2029}\u{feff}\u{e000}\u{fffe}\u{ffff}\u{1f600} # : \r\n\t- "
        let task = try #require(ModelName("task"))
        let schema = try Schema([
            Model(task, audience: .user, fields: [], unknownFields: .drop),
            Model(
                try #require(ModelName("null")), audience: .group(by: try #require(ClaimName("yes"))),
                fields: [
                    Field("true", .string(maxLength: 40), default: .string(text)),
                    Field("plain", .text), Field("empty", .text, isNullable: true, default: .string("")),
                    Field("flag", .bool, default: .int(1)), Field("count", .int, default: .int(.min)),
                    Field("ratio", .double, default: .number(try #require(JSONNumber(literal: "1e-7")))),
                    Field("required", .double), Field("due", .date, isNullable: true, isReadOnly: true),
                    Field("at", .dateTime, default: .string("2026-02-28T12:00:00.5Z")),
                    Field("price", .decimal(maxDigits: 38, decimalPlaces: 0), default: .string("-7")),
                    Field("key", .uuid, default: .string("00000000-0000-0000-0000-000000000001")),
                    Field("extra", .json, default: .object(object)), Field("list", .json, default: .array([])),
                    Field("owner", .reference(to: task), isNullable: true), Field("any", .reference(to: nil)),
                ], unknownFields: .keep),
        ])
        let yaml = SchemaFile.yaml(of: schema)
        #expect(try SchemaFile.read(yaml: yaml) == schema, "\(yaml)")
    }

    @Test("rules of access are written where they are not the usual ones")
    func access() throws {
        let rules = [
            AccessRules(write: .nobody), AccessRules(read: .nobody, write: .everyone),
            AccessRules(read: .anyone(.claim("a.b: \"c\"", "no"), .claim("role", "7"))),
            AccessRules(
                write: AccessRule([[.user(try #require(UserID("on"))), .claim("x", "")], [.claim("y", "~")]])),
        ]
        for access in rules {
            let name = try #require(ModelName("news"))
            let schema = try Schema([Model(name, audience: .global, fields: [], access: access)])
            let yaml = SchemaFile.yaml(of: schema)
            #expect(try SchemaFile.read(yaml: yaml) == schema, "\(yaml)")
        }
    }

    @Test("collections and what they and models say of synchronization are written, and read as the same")
    func collections() throws {
        let stock = try #require(ModelName("stock"))
        let others = try Schema([
            Model(
                collection: stock, audience: .group(by: try #require(ClaimName("shop"))), deletion: .deleteWins,
                access: AccessRules(write: .nobody),
                synchronization: SynchronizationRules(allowsFullResync: false, retentionDays: nil)),
            Model(
                try #require(ModelName("task")), audience: .user, fields: [],
                synchronization: SynchronizationRules(allowsFullResync: false, retentionDays: 400)),
            Model(collection: try #require(ModelName("note")), audience: .user, deletion: .rejectUpdate),
        ])
        let yaml = SchemaFile.yaml(of: others)
        #expect(Set(try SchemaFile.read(yaml: yaml).models) == Set(others.models), "\(yaml)")
        let plain = try Schema([Model(collection: stock, audience: .global)])
        #expect(SchemaFile.yaml(of: plain) == "collections:\n  - name: stock\n    scope: global\n")
        #expect(try SchemaFile.read(yaml: SchemaFile.yaml(of: plain)) == plain)
    }

    @Test("rules for conflicts and choices are written where they are not the usual ones")
    func conflicts() throws {
        let edited = try Field("edited", .dateTime)
        func schema(_ rules: ConflictRules, _ fields: Field...) throws -> Schema {
            try Schema([
                Model(try #require(ModelName("task")), audience: .user, fields: fields + [edited], conflicts: rules)
            ])
        }
        let schemas = [
            try schema(ConflictRules(.clientWins, merge: .fields, deletion: .resurrect)),
            try schema(ConflictRules(.lastWriter(by: "edited"), deletion: .deleteWins)),
            try schema(ConflictRules(.serverWins, history: .init(versions: 1, days: 3_650))),
            try schema(
                ConflictRules(history: .init(days: 7)), Field("on", .double, conflict: .max),
                Field("count", .int, default: .int(0), conflict: .counter), Field("tags", .json, conflict: .union),
                Field("state", .text, choices: [.string("open"), .string("on"), .string("1")], conflict: .reject),
                Field("note", .text, choices: [.string(""), .string("x")], conflict: .lastWriter(by: "on")),
                Field("price", .decimal(maxDigits: 4, decimalPlaces: 1), isNullable: true, choices: [.string("1.5")])),
        ]
        for schema in schemas {
            let yaml = SchemaFile.yaml(of: schema)
            #expect(try SchemaFile.read(yaml: yaml) == schema, "\(yaml)")
        }
        #expect(
            SchemaFile.yaml(of: schemas[0]) == """
                models:
                  - name: task
                    scope: user
                    conflicts:
                      policy: clientWins
                      merge: fields
                      deletion: resurrect
                    fields:
                      - {name: edited, type: dateTime}

                """)
    }

    @Test("of a function there is a comment, and what reads the file calls it a conflict")
    func function() throws {
        let task = try #require(ModelName("task"))
        let schema = { (policy: ConflictPolicy, own: ConflictPolicy?) throws in
            try Schema([
                Model(task, audience: .user, fields: [Field("a", .text, conflict: own)], conflicts: .init(policy))
            ])
        }
        let yaml = SchemaFile.yaml(of: try schema(.function, .function))
        #expect(try SchemaFile.read(yaml: yaml) == schema(.reject, nil))
        #expect(yaml.components(separatedBy: "# The policy for conflicts is a function").count == 3)
    }
}
