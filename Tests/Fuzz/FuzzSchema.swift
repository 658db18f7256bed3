import PulseModel

extension Schema {
    /// Each kind of field, each audience, each conflict policy.
    static func forFuzzing() throws -> Schema {
        try Schema([
            Model(
                name("task"), audience: .user,
                fields: [Field("title", .string(maxLength: 8)), Field("completed", .bool, default: false)],
                unknownFields: .keep),
            Model(name("plain"), audience: .user, fields: everyKind(of: nil), unknownFields: .drop),
            Model(
                name("note"), audience: .group(by: claim), fields: everyKind(of: .function) + measured(),
                conflicts: ConflictRules(.clientWins, merge: .fields, deletion: .resurrect)),
            Model(
                name("item"), audience: .global, fields: everyKind(of: .lastWriter(by: "i")) + measured(),
                conflicts: ConflictRules(
                    .serverWins, merge: .fields, deletion: .deleteWins, history: .init(versions: 3, days: 30))),
            Model(
                name("log"), audience: .user, fields: everyKind(of: nil) + measured(), unknownFields: .keep,
                conflicts: ConflictRules(.lastWriter(by: "at"), merge: .record, deletion: .rejectUpdate)),
        ])
    }

    static let claim = ClaimName("team")!

    static func name(_ text: String) -> ModelName { ModelName(text)! }

    /// Names of one letter, which are soon found.
    private static func everyKind(of conflict: ConflictPolicy?) throws(SchemaError) -> [Field] {
        [
            try Field("s", .string(maxLength: 4), choices: ["", "a", "é"], conflict: conflict),
            try Field("t", .text, isNullable: true, conflict: conflict),
            try Field("b", .bool, default: true, conflict: conflict),
            try Field("i", .int, default: 0, conflict: conflict),
            try Field("f", .double, isNullable: true, conflict: conflict),
            try Field("d", .decimal(maxDigits: 6, decimalPlaces: 2), isNullable: true, conflict: conflict),
            try Field("y", .date, isNullable: true, conflict: conflict),
            try Field("m", .dateTime, isNullable: true, conflict: conflict),
            try Field("u", .uuid, isNullable: true, conflict: conflict),
            try Field("j", .json, isNullable: true, conflict: conflict),
            try Field("r", .reference(to: name("task")), isNullable: true, conflict: conflict),
            try Field("k", .reference(to: nil), isNullable: true, isReadOnly: true, conflict: conflict),
        ]
    }

    /// For the policies that certain kinds have.
    private static func measured() throws(SchemaError) -> [Field] {
        [
            try Field("at", .dateTime, isNullable: true, conflict: .max),
            try Field("lo", .decimal(maxDigits: 6, decimalPlaces: 2), isNullable: true, conflict: .min),
            try Field("hi", .double, default: 0, conflict: .max),
            try Field("n", .int, default: 0, conflict: .counter),
            try Field("c", .decimal(maxDigits: 38, decimalPlaces: 2), isNullable: true, conflict: .counter),
            try Field("x", .double, isNullable: true, conflict: .counter),
            try Field("set", .json, isNullable: true, conflict: .union),
        ]
    }
}
