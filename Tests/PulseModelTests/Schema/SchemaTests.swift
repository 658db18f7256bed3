import PulseModel
import Testing

@Suite struct SchemaTests {
    private static let task = ModelName("task")!

    private func message(_ body: () throws -> Void) throws -> String {
        try #require(throws: SchemaError.self, performing: body).description
    }

    @Test(arguments: [
        "", "1a", "a b", "a-b", "a.b", "$a", "a\0", "\u{E9}", "a\u{301}", String(repeating: "x", count: 64),
    ])
    func `A field is named by an identifier`(name: String) throws {
        #expect(
            try message { _ = try Field(name, .text) }
                == "field '\(name)': a name has ASCII letters, digits and underscores, and at most 63 of them")
    }

    @Test(arguments: Field.reservedNames)
    func `A field has no name that every record has already`(name: String) throws {
        #expect(
            try message { _ = try Field(name, .text) } == "field '\(name)': the sync itself has a field of this name")
    }

    @Test(
        arguments: [
            (.string(maxLength: 0), "max_length is at least 1"), (.string(maxLength: -1), "max_length is at least 1"),
            (.decimal(maxDigits: 0, decimalPlaces: 0), "max_digits is 1 to 38, and decimal_places 0 to max_digits"),
            (.decimal(maxDigits: 39, decimalPlaces: 0), "max_digits is 1 to 38, and decimal_places 0 to max_digits"),
            (.decimal(maxDigits: 2, decimalPlaces: 3), "max_digits is 1 to 38, and decimal_places 0 to max_digits"),
            (.decimal(maxDigits: 2, decimalPlaces: -1), "max_digits is 1 to 38, and decimal_places 0 to max_digits"),
            (.decimal(maxDigits: -1, decimalPlaces: -1), "max_digits is 1 to 38, and decimal_places 0 to max_digits"),
        ] as [(FieldKind, String)])
    func `A kind's numbers are possible ones`(kind: FieldKind, rule: String) throws {
        #expect(try message { _ = try Field("a", kind) } == "field 'a': \(rule)")
    }

    @Test(
        arguments: [
            (.int, .string("x"), "must be an integer, is a string"), (.int, .null, "may not be null"),
            (.string(maxLength: 1), .string("xx"), "must have at most 1 characters, has 2"),
            (.date, .string("x"), "must be a date in the form 2026-02-28"),
        ] as [(FieldKind, JSONValue, String)])
    func `A default fits its field`(kind: FieldKind, value: JSONValue, rule: String) throws {
        #expect(try message { _ = try Field("a", kind, default: value) } == "field 'a': its default \(rule)")
    }

    @Test(
        arguments: [
            (.text, false, "\"\""), (.string(maxLength: 3), false, "\"\""), (.text, true, "null"), (.int, true, "null"),
            (.int, false, nil), (.bool, false, nil), (.json, false, nil), (.date, false, nil), (.uuid, false, nil),
        ] as [(FieldKind, Bool, String?)])
    func `Without a default a text is empty, a nullable field null, and any other required`(
        kind: FieldKind, isNullable: Bool, expected: String?
    ) throws {
        let field = try Field("a", kind, isNullable: isNullable)
        #expect(field.defaultValue.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test func `A default is kept in stored form`() throws {
        let price = try Field("price", .decimal(maxDigits: 5, decimalPlaces: 2), default: .int(1))
        #expect(price.defaultValue == Array(#""1.00""#.utf8))
        let done = try Field("done", .bool, isNullable: true, default: .int(1))
        #expect(done.defaultValue == Array("true".utf8))
    }

    @Test func `A model has each field once`() throws {
        #expect(
            try message { _ = try Model.task([Field("a", .text), Field("b", .text), Field("a", .int)]) }
                == "model 'task': two fields are called 'a'")
    }

    @Test(arguments: ["team", "version", "user_id", "sync_id"])
    func `No field has the name of the group's claim`(claim: String) throws {
        #expect(
            try message {
                _ = try Model.task([Field("team", .text)], audience: .group(by: #require(ClaimName(claim))))
            } == "model 'task': a field has the name of the group's claim '\(claim)'")
    }

    @Test func `A field is found by its bytes`() throws {
        let model = try Model.task([Field("a", .text), Field("K", .text)])
        #expect(model.index(ofField: "K") == 1)
        #expect(model.index(ofField: "\u{212A}") == nil)
        #expect(model.index(ofField: "A") == nil)
    }

    @Test func `A schema has models, each once, and references lead to them`() throws {
        let model = try Model.task([])
        #expect(try message { _ = try Schema([]) } == "a schema has at least one model")
        #expect(try message { _ = try Schema([model, model]) } == "two models are called 'task'")
        let lost = try Model.task([Field("parent", .reference(to: ModelName("item")!))])
        #expect(try message { _ = try Schema([lost]) } == "model 'task', field 'parent': there is no model 'item'")
        let item = try Model(ModelName("item")!, audience: .global, fields: [Field("task", .reference(to: Self.task))])
        let tree = try Model.task([
            Field("parent", .reference(to: Self.task)), Field("item", .reference(to: item.name)),
        ])
        #expect(try Schema([tree, item]).models.count == 2)
    }

    @Test func `A collection is no table, and nothing refers to it`() throws {
        let item = ModelName("item")!
        let collection = try Model(collection: item, audience: .global)
        let schema = try Schema([collection])
        #expect(schema[item] == collection)
        #expect(schema.model(forTable: "item", of: Identity(user: UserID("1")!)) == nil)
        let referring = try Model.task([Field("parent", .reference(to: item))])
        #expect(
            try message { _ = try Schema([collection, referring]) }
                == "model 'task', field 'parent': there is no model 'item'")
        #expect(
            try message {
                _ = try Model(
                    collection: item, audience: .user, synchronization: SynchronizationRules(retentionDays: 0))
            } == "model 'item': tombstones are kept for 1 to 36500 days, or for ever")
    }

    @Test(arguments: ["task", "Task", "TASK"])
    func `A table is found whatever its case`(table: String) throws {
        #expect(try Schema([.task([])]).model(forTable: table, of: Identity(user: UserID("1")!))?.name == Self.task)
    }

    @Test(arguments: [
        "", "tasks", "task ", " task", "task\0", "sqlite_master", "system.indexes", "admin.$cmd", "../x", "tas\u{212A}",
        String(repeating: "task", count: 256),
    ])
    func `A table that is none is not found`(table: String) throws {
        #expect(try Schema([.task([])]).model(forTable: table, of: Identity(user: UserID("1")!)) == nil)
    }

    @Test func `An identity meets its own scopes, each once`() throws {
        let team = ClaimName("team")!
        let group = { (claim: ClaimName, name: String) in GroupID(claim: claim, value: GroupName(name)!) }
        let groups = [group(team, "a"), group(ClaimName("club")!, "c"), group(team, "b")]
        let identity = Identity(user: UserID("1")!, groups: groups)
        let own = try Model(ModelName("own")!, audience: .user, fields: [])
        let shared = try Model(ModelName("shared")!, audience: .group(by: team), fields: [])
        let other = try Model(ModelName("other")!, audience: .group(by: team), fields: [])
        let common = try Model(ModelName("common")!, audience: .global, fields: [])
        let schema = try Schema([own, shared, other, common])
        #expect(schema.scopes(of: identity) == [.user(identity.user), .group(groups[0]), .group(groups[2]), .global])
        #expect(shared.scopes(of: identity) == [.group(groups[0]), .group(groups[2])])
        #expect(shared.scopes(of: Identity(user: UserID("1")!)) == [])
    }

    @Test func `A name that begins with pulse_ is the server's own`() throws {
        let model = try Model(ModelName("pulse_task")!, audience: .user, fields: [])
        #expect(
            try message { _ = try Schema([model]) }
                == "model 'pulse_task': names that begin with 'pulse_' are the server's own")
        #expect(try Schema([Model(ModelName("pulse")!, audience: .user, fields: [])]).models.count == 1)
    }

    @Test func `What is served has the server's own models, and no client sees them`() throws {
        let schema = try Schema([Model(Self.task, audience: .user, fields: [])])
        let own = ModelName("pulse_revocation")!
        #expect(schema[own] == nil)
        #expect(schema.served[own]?.name == own)
        #expect(schema.served.models == schema.models)
        #expect(schema.served.fingerprint == schema.fingerprint)
        #expect(schema.served.model(forTable: "Pulse_Revocation", of: Identity(user: UserID("1")!)) == nil)
        #expect(schema.served.scopes(of: Identity(user: UserID("1")!)) == [.user(UserID("1")!)])
        #expect(try SchemaHistory([:]).continued(by: schema.served).models.keys.contains(own))
    }
}
