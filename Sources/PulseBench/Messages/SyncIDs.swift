/// New record ids: random UUIDs of version 4, from a generator that costs nothing.
package struct SyncIDs {
    private var numbers: SeededNumbers

    package init(seed: UInt64 = .random(in: .min ... .max)) {
        numbers = SeededNumbers(seed: seed)
    }

    package mutating func next() -> RecordID {
        RecordID(high: numbers.next() & ~0xF000 | 0x4000, low: numbers.next() & ~(0b11 << 62) | (0b10 << 62))
    }
}
