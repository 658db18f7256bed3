/// Which log a version belongs to: a random number that a store makes when it is created and keeps with its records.
///
/// Versions of different epochs have nothing to do with each other.
public struct Epoch: Hashable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func random() -> Epoch {
        Epoch(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    /// Reads what ``description`` wrote.
    public init?(_ text: String) {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 hexadecimal digits.
    public var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
