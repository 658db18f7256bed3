import PulseModel
import Testing

@Suite struct SchemaHistoryTests {
    private static let task = ModelName("task")!
    static let kinds: [FieldKind] = [
        .string(maxLength: 10), .string(maxLength: 36), .text, .bool, .int, .double,
        .decimal(maxDigits: 5, decimalPlaces: 2),
        .decimal(maxDigits: 9, decimalPlaces: 2), .decimal(maxDigits: 9, decimalPlaces: 3), .date, .dateTime, .uuid,
        .json,
        .reference(to: nil), .reference(to: ModelName("task")!), .reference(to: ModelName("item")!),
    ]
    /// For each kind, by its description, the others that can read what it stored.
    static let readers: [String: Set<String>] = [
        "string(10)": ["string(36)", "text"], "string(36)": ["text"], "date": ["text"], "dateTime": ["text"],
        "uuid": ["text", "string(36)"], "decimal(5,2)": ["decimal(9,2)"], "reference(task)": ["reference"],
        "reference(item)": ["reference"],
    ]

    private func schema(_ fields: Field..., audience: Model.Audience = .user) throws -> Schema {
        try Schema([.task(fields, audience: audience), Model(ModelName("item")!, audience: .global, fields: [])])
    }

    private func history(_ schemas: Schema...) throws -> SchemaHistory {
        try schemas.reduce(SchemaHistory([:])) { try $0.continued(by: $1) }
    }

    @Test(arguments: kinds, kinds)
    func `A field may change to a kind that reads what is stored, and to no other`(old: FieldKind, new: FieldKind)
        throws
    {
        let isFine = old == new || new == .json || Self.readers[old.description]?.contains(new.description) == true
        let before = try schema(Field("a", old, isNullable: true))
        let after = try schema(Field("a", new, isNullable: true))
        if isFine {
            #expect(try history(before, after).models[Self.task]?.fields["a"]?.kind == new)
        } else {
            let error = try #require(throws: SchemaError.self) { try history(before, after) }
            #expect(
                error.description == "model 'task', field 'a': stored records have \(old), the schema says \(new); "
                    + "declare it as it was, or give the new field another name")
        }
    }

    @Test func `A field that was widened cannot be narrowed again`() throws {
        #expect(throws: SchemaError.self) {
            try history(
                schema(Field("a", .string(maxLength: 5))), schema(Field("a", .text)),
                schema(Field("a", .string(maxLength: 5))))
        }
    }

    @Test func `Null may be allowed later, not forbidden`() throws {
        let strict = try schema(Field("a", .int, default: .int(0)))
        let loose = try schema(Field("a", .int, isNullable: true))
        #expect(try history(strict, loose).models[Self.task]?.fields["a"]?.isNullable == true)
        let error = try #require(throws: SchemaError.self) { try history(loose, strict) }
        #expect(error.description == "model 'task', field 'a': stored records may have null in it; allow null")
    }

    @Test func `A field added to a stored model has a default or may be null`() throws {
        let before = try schema()
        for field in [
            try Field("a", .int, default: .int(1)), try Field("a", .int, isNullable: true), try Field("a", .text),
        ] {
            #expect(try history(before, schema(field)).models[Self.task]?.fields.count == 1)
        }
        let error = try #require(throws: SchemaError.self) { try history(before, schema(Field("a", .int))) }
        #expect(
            error.description
                == "model 'task', field 'a': stored records do not have it; give it a default, or allow null")
    }

    @Test func `A model added later may have required fields`() throws {
        let before = try Schema([Model(ModelName("item")!, audience: .global, fields: [])])
        #expect(try history(before, schema(Field("a", .int))).models.count == 2)
    }

    @Test(arguments: [Model.Audience.user, .global, .group(by: ClaimName("team")!), .group(by: ClaimName("club")!)])
    func `A model's records stay whose they are`(audience: Model.Audience) throws {
        for other in [Model.Audience.user, .global, .group(by: ClaimName("team")!)] where other != audience {
            let error = try #require(throws: SchemaError.self) {
                try history(schema(audience: audience), schema(audience: other))
            }
            #expect(
                error.description == "model 'task': its stored records are \(audience)'s, the schema says \(other)'s; "
                    + "declare it as it was, or give the new model another name")
        }
        #expect(throws: Never.self) { try history(schema(audience: audience), schema(audience: audience)) }
    }

    @Test func `A model does not become a collection, nor a collection a model`() throws {
        let model = try schema()
        let collection = try Schema([Model(collection: Self.task, audience: .user)])
        for (before, after, stored, said) in [
            (model, collection, "a model", "a collection"), (collection, model, "a collection", "a model"),
        ] {
            let error = try #require(throws: SchemaError.self) { try history(before, after) }
            #expect(
                error.description == "model 'task': its stored records are \(stored)'s, the schema says that it is "
                    + "\(said); declare it as it was, or give the new one another name")
        }
        #expect(try history(collection, collection).models[Self.task]?.isSchemaless == true)
    }

    @Test func `What is no longer declared stays remembered`() throws {
        let item = try Schema([Model(ModelName("item")!, audience: .global, fields: [])])
        let past = try history(schema(Field("a", .int)), item)
        #expect(past.models[Self.task]?.fields == ["a": .init(kind: .int, isNullable: false)])
        #expect(throws: SchemaError.self) { try past.continued(by: schema(Field("a", .bool))) }
        #expect(try past.continued(by: schema(Field("a", .int))) == past)
    }

    @Test(arguments: kinds)
    func `A kind is read back from its text`(kind: FieldKind) {
        #expect(FieldKind(kind.description) == kind)
    }

    @Test(arguments: [
        "", "strin", "string", "string(", "string()", "string(x)", "string(1,2)", "decimal", "decimal(1)",
        "decimal(1,2,3)",
        "decimal(a,b)", "reference(a b)", "reference(A)", "reference(a,b)", "int(5)", "INT", "datetime", "json()x",
    ])
    func `Other text is no kind`(text: String) {
        #expect(FieldKind(text) == nil)
    }

    @Test(arguments: [Model.Audience.user, .global, .group(by: ClaimName("team")!)])
    func `An audience is read back from its text`(audience: Model.Audience) {
        #expect(Model.Audience(audience.description) == audience)
    }

    @Test(arguments: ["", "User", "group", "group(", "group()", "group(a b)", "group(team", "grouping(team)"])
    func `Other text is no audience`(text: String) {
        #expect(Model.Audience(text) == nil)
    }
}
