import PulseModel
import Testing

@Suite struct FingerprintTests {
    private func schema(_ fields: [Field], _ unknown: Model.UnknownFields = .reject) throws -> Schema {
        try Schema([Model(ModelName("task")!, audience: .user, fields: fields, unknownFields: unknown)])
    }

    @Test func `Schemas that show clients other records have other fingerprints`() throws {
        let schemas = [
            try schema([]), try schema([Field("a", .int)]), try schema([Field("b", .int)]),
            try schema([Field("a", .text)]), try schema([Field("a", .int, isNullable: true)]),
            try schema([Field("a", .int, default: .int(1))]), try schema([Field("a", .int), Field("b", .int)]),
            try schema([Field("b", .int), Field("a", .int)]), try schema([Field("a", .int)], .keep),
            try schema([], .keep), try Schema([Model(collection: ModelName("task")!, audience: .user)]),
        ]
        #expect(Set(schemas.map(\.fingerprint)).count == schemas.count)
    }

    @Test func `The order of models makes no difference, nor does what only uploads notice`() throws {
        let models = try ["a", "b"].map { try Model(ModelName($0)!, audience: .global, fields: []) }
        #expect(try Schema(models).fingerprint == Schema(models.reversed()).fingerprint)
        let readOnly = try schema([Field("a", .int, isReadOnly: true)])
        #expect(try readOnly.fingerprint == schema([Field("a", .int)]).fingerprint)
    }
}
