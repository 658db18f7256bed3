/// New record ids: random UUIDs of version 4, from a generator that costs nothing.
package struct SyncIDs {
    package typealias ID = (high: UInt64, low: UInt64)

    private var state: UInt64

    package init(seed: UInt64 = .random(in: .min ... .max)) {
        state = seed
    }

    package mutating func next() -> ID {
        (random() & ~0xF000 | 0x4000, random() & ~(0b11 << 62) | (0b10 << 62))
    }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package static let textLength = 36

    /// The 36 characters of `id`.
    package static func text(of id: ID) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(textLength)
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { out.append(UInt8(ascii: "-")) }
            let word = position < 16 ? id.high : id.low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (position & 15) * 4)) & 0xF
            out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return out
    }
}
