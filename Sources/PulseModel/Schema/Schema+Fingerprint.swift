extension Schema {
    /// A number that two schemas share only if they show clients the same records, as good as surely. The same in every
    /// process (FNV-1a, 64 bits).
    public var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            // No text has this byte, so none runs into the next.
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        for model in models.sorted(by: { $0.name.text < $1.name.text }) {
            add("\(model.name) \(model.audience) \(model.unknownFields)".utf8)
            for field in model.fields {
                add("\(field.name) \(field.kind) \(field.isNullable)".utf8)
                add(field.defaultValue ?? [])
            }
        }
        return hash
    }
}
