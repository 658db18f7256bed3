import Foundation
import PulseModel
import PulseSchemaFile
import Testing

@Suite("Reading a schema file")
struct ReadingTests {
    @Test("who may is one mapping or several; values are compared as text")
    func access() throws {
        func access(_ text: String) throws -> AccessRules {
            let yaml = "models: [{name: news, scope: global, access: \(text), fields: []}]"
            return try SchemaFile.read(yaml: yaml).models[0].access
        }
        #expect(try access("{write: nobody}") == AccessRules(write: .nobody))
        #expect(try access("{read: {role: admin}}") == AccessRules(read: .anyone(.claim("role", "admin"))))
        #expect(
            try access("{write: [{team: 007, ok: True}, {user: 'nobody'}]}")
                == AccessRules(
                    write: AccessRule([
                        [.claim("team", "7"), .claim("ok", "true")], [.user(try #require(UserID("nobody")))],
                    ])))
    }

    @Test("every mistake is told with its line and column", arguments: BadFile.all)
    func badFile(_ file: BadFile) throws {
        let error = try #require(throws: SchemaFileError.self) {
            _ = try SchemaFile.read(yaml: file.yaml, name: "s.yaml")
        }
        #expect(error.lines.count == file.problems.count, "\(error)")
        for (line, expected) in zip(error.lines, file.problems) {
            #expect(line.hasPrefix("s.yaml:\(expected)"), "\(line) instead of \(expected)")
        }
    }

    @Test("a good file is read")
    func goodFile() throws {
        let schema = try SchemaFile.read(
            yaml: """
                models:
                  - name: task
                    scope: user            # whose
                    unknown_fields: keep
                    fields:
                      - {name: title, type: string, max_length: 200}
                      - name: completed
                        type: bool
                        default: false
                  - name: item
                    scope: {group: team}
                    fields:
                      - {name: price, type: decimal, max_digits: 10, decimal_places: 2, default: 0.10}
                      - {name: owner, type: reference, to: task, nullable: true}
                      - {name: due, type: dateTime, nullable: true, read_only: true}
                  - {name: room, scope: {group: {claim: house}}, fields: []}
                """)
        let expected = try Schema([
            Model(
                try #require(ModelName("task")), audience: .user,
                fields: [Field("title", .string(maxLength: 200)), Field("completed", .bool, default: .bool(false))],
                unknownFields: .keep),
            Model(
                try #require(ModelName("item")), audience: .group(by: try #require(ClaimName("team"))),
                fields: [
                    Field("price", .decimal(maxDigits: 10, decimalPlaces: 2), default: .string("0.10")),
                    Field("owner", .reference(to: ModelName("task")), isNullable: true),
                    Field("due", .dateTime, isNullable: true, isReadOnly: true),
                ]),
            Model(try #require(ModelName("room")), audience: .group(by: try #require(ClaimName("house"))), fields: []),
        ])
        #expect(schema == expected)
    }

    @Test("a file of collections needs no models")
    func collections() throws {
        let schema = try SchemaFile.read(
            yaml: """
                collections:
                  - name: inventory_items
                    scope: {group: business_id}
                    deletion: reject_update
                    full_resync: false
                    retention: 7
                    access: {write: {role: clerk}}
                  - {name: notes, scope: user}
                  - {name: rates, scope: global, retention: forever}
                """)
        let notes = try #require(ModelName("notes"))
        let expected = try Schema([
            Model(
                collection: try #require(ModelName("inventory_items")),
                audience: .group(by: try #require(ClaimName("business_id"))), deletion: .rejectUpdate,
                access: AccessRules(write: .anyone(.claim("role", "clerk"))),
                synchronization: SynchronizationRules(allowsFullResync: false, retentionDays: 7)),
            Model(collection: notes, audience: .user),
            Model(
                collection: try #require(ModelName("rates")), audience: .global,
                synchronization: SynchronizationRules(retentionDays: nil)),
        ])
        #expect(schema == expected)
        #expect(schema[notes]?.conflicts.deletion == .resurrect)
        #expect(schema[notes]?.synchronization == SynchronizationRules(allowsFullResync: true, retentionDays: 30))
    }

    @Test(
        "defaults keep every digit",
        arguments: [
            ("{type: int, default: 9223372036854775807}", "9223372036854775807"),
            ("{type: int, default: +0012}", "12"),
            (
                "{type: decimal, max_digits: 30, decimal_places: 5, default: 1234567890123456789012345.12345}",
                "\"1234567890123456789012345.12345\""
            ),
            ("{type: decimal, max_digits: 4, decimal_places: 2, default: '7'}", "\"7.00\""),
            ("{type: decimal, max_digits: 4, decimal_places: 2, nullable: true, default: ~}", "null"),
            ("{type: double, default: .5}", "0.5"), ("{type: double, default: 3}", "3.0"),
            ("{type: text, default: \"12\"}", "\"12\""), ("{type: text, default: !!str 12}", "\"12\""),
            ("{type: text, default: no}", "\"no\""),
            ("{type: uuid, default: 00000000000000000000000000000001}", "\"00000000-0000-0000-0000-000000000001\""),
            ("{type: date, default: 2026-02-28}", "\"2026-02-28\""),
            ("{type: reference, default: 7}", "7"), ("{type: reference, default: '7'}", "\"7\""),
            (
                "{type: json, default: {a: [1, 1.50, -0, 1e400, 'x', null, true, {}]}}",
                "{\"a\":[1,1.50,-0,1e400,\"x\",null,true,{}]}"
            ),
        ])
    func defaultValue(field: String, stored: String) throws {
        let schema = try SchemaFile.read(yaml: BadFile.head + "      - {name: a, \(field.dropFirst())\n")
        let value = try #require(schema.models.first?.fields.first?.defaultValue)
        #expect(String(decoding: value, as: UTF8.self) == stored)
    }

    @Test("bytes that are not UTF-8 are told with their place")
    func invalidUTF8() throws {
        let error = try #require(throws: SchemaFileError.self) {
            _ = try SchemaFile.read(bytes: Array("models:\n  - é".utf8) + [0xff, 0x0a], name: "s.yaml")
        }
        #expect(error.lines == ["s.yaml:2:6: is not UTF-8"])
    }

    @Test("a file beyond the limit is refused whole")
    func hugeFile() throws {
        let error = try #require(throws: SchemaFileError.self) {
            _ = try SchemaFile.read(
                yaml: String(repeating: "#", count: SchemaFile.maximumByteCount + 1), name: "s.yaml")
        }
        #expect(error.lines == ["s.yaml: is larger than 1048576 bytes"])
    }

    @Test("brackets nested without end are an error", arguments: ["[", "- ", "{a: ", "? "])
    func deepFile(bracket: String) throws {
        #expect(throws: SchemaFileError.self) {
            _ = try SchemaFile.read(yaml: String(repeating: bracket, count: 100_000))
        }
    }

    @Test("a billion laughs are refused at once")
    func manyAliases() throws {
        var yaml = "a0: &a0 [x]\n"
        for level in 1...60 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        yaml += "? *a60\n: 1\n"
        let error = try #require(throws: SchemaFileError.self) { _ = try SchemaFile.read(yaml: yaml) }
        #expect(error.lines.first?.hasPrefix("schema.yaml:2:10: anchors and aliases") == true)
    }

    @Test("asterisks in comments and texts are no aliases")
    func asterisks() throws {
        let comment = String(repeating: "  # *a *b *c *d *e *f *g *h *i\n", count: 9)
        let schema = try SchemaFile.read(
            yaml: comment + BadFile.head + "      - {name: a, type: text, default: '*a &b'}\n")
        #expect(schema.models.count == 1)
    }

    @Test("a byte order mark and Windows line ends change nothing")
    func windows() throws {
        let yaml = "\u{feff}" + BadFile.head + "      - {name: a, type: txt}\n"
        let error = try #require(throws: SchemaFileError.self) {
            _ = try SchemaFile.read(yaml: yaml.split(separator: "\n").joined(separator: "\r\n"), name: "s")
        }
        #expect(error.lines.first?.hasPrefix("s:5:25: there is no type") == true)
    }

    @Test("a file that is not there is unreadable")
    func missingFile() throws {
        let error = try #require(throws: SchemaFileError.self) { _ = try SchemaFile.read(path: "/nowhere/s.yaml") }
        #expect(error.isUnreadable)
        #expect(error.lines == ["/nowhere/s.yaml: cannot be read: No such file or directory"])
    }

    @Test("a directory is unreadable")
    func directory() throws {
        let error = try #require(throws: SchemaFileError.self) { _ = try SchemaFile.read(path: "/") }
        #expect(error.isUnreadable)
    }
}
