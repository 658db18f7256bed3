extension Schema {
    /// A number that two schemas share only if they show clients the same records, as good as surely. The same in every
    /// process (FNV-1a, 64 bits).
    public var fingerprint: UInt64 {
        var digest = FNV1a()
        for model in models.sorted(by: { $0.name.text < $1.name.text }) {
            digest.add("\(model.name) \(model.audience) \(model.unknownFields)".utf8)
            if model.isSchemaless { digest.add("schemaless".utf8) }
            for field in model.fields {
                digest.add("\(field.name) \(field.kind) \(field.isNullable)".utf8)
                digest.add(field.defaultValue ?? [])
            }
        }
        return digest.hash
    }
}
