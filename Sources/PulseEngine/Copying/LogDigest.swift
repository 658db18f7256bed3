import PulseModel

/// What a log holds, model by model and scope by scope, small enough to keep for every one of them.
struct LogDigest {
    struct Part: Hashable {
        let model: ModelName
        let scope: Scope
    }

    private(set) var parts: [Part: RecordDigest] = [:]

    /// Takes in a record. Records come in version order, as every store reads them.
    mutating func add(_ record: Record) {
        parts[Part(model: record.key.model, scope: record.scope), default: RecordDigest()].add(record)
    }

    /// The first of the parts that are not the same in both logs, by model and scope; nil where all are.
    func firstDifference(from other: LogDigest) -> Part? {
        guard parts != other.parts else { return nil }
        return Set(parts.keys).union(other.parts.keys).filter { parts[$0] != other.parts[$0] }
            .min { ($0.model.text, $0.scope.key) < ($1.model.text, $1.scope.key) }
    }
}

/// The number of some records, and a checksum over every part of each.
struct RecordDigest: Equatable {
    private(set) var count = 0
    /// FNV-1a of 128 bits, over the records in version order: it finds what goes wrong, and nobody is to be fooled.
    private var checksum: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    mutating func add(_ record: Record) {
        count += 1
        add(record.key.model.text)
        add(record.key.syncID.high)
        add(record.key.syncID.low)
        add(record.scope.key)
        for number in [
            record.id, record.version.number, record.origin.base.number, record.created.microseconds,
            record.updated.microseconds, record.stamp.ticks, record.parent?.ticks ?? -1,
        ] {
            add(UInt64(bitPattern: number))
        }
        add(UInt64(record.state.rawValue))
        // No user id is empty.
        add(record.origin.writer?.text ?? "")
        add(record.fields.bytes)
    }

    /// With the length in front, so that no byte can pass from one part to the next.
    private mutating func add(_ bytes: some Collection<UInt8>) {
        add(UInt64(bytes.count))
        for byte in bytes { add(byte) }
    }

    private mutating func add(_ text: String) {
        add(text.utf8)
    }

    private mutating func add(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private mutating func add(_ byte: UInt8) {
        checksum = (checksum ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
}
