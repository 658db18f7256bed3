import Crypto
import PulseEngine
import PulseModel

/// Where the next page of a full resync begins. To clients it is a text that means nothing; a changed one, or one of
/// other collections or scopes, is not taken.
package struct FullCursor: Equatable, Sendable {
    /// The end of the log when the first page was made: what lies behind comes by pulls.
    package let end: LogHead
    /// The version of the last record that was sent.
    package let after: Version

    package init(end: LogHead, after: Version) {
        self.end = end
        self.after = after
    }

    /// - Parameter collections: what it leads through.
    /// - Returns: nil for any text that was not made by ``text(through:secret:)`` for the same collections.
    package init?(_ text: String, through collections: String, secret: LogSecret) {
        let digits = Array(text.utf8.prefix(113))
        guard digits.count == 112, digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            return nil
        }
        let words = stride(from: 0, to: 112, by: 16).compactMap { start in
            UInt64(String(decoding: digits[start..<start + 16], as: UTF8.self), radix: 16)
        }
        let isOurs = HMAC<SHA256>.isValidAuthenticationCode(
            words[3...].flatMap(\.bytes), authenticating: Self.message(Array(words[..<3]), collections),
            using: SymmetricKey(data: secret.bytes))
        guard isOurs else { return nil }
        let numbers = words.map(Int64.init(bitPattern:))
        end = LogHead(version: Version(numbers[0]), stamp: HybridTime(ticks: numbers[1]))
        after = Version(numbers[2])
    }

    package func text(through collections: String, secret: LogSecret) -> String {
        let words = [end.version.number, end.stamp.ticks, after.number].map(UInt64.init(bitPattern:))
        let signature = HMAC<SHA256>.authenticationCode(
            for: Self.message(words, collections), using: SymmetricKey(data: secret.bytes))
        return (words.flatMap(\.bytes) + Array(signature)).reduce(into: "") { text, byte in
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
    }

    private static func message(_ words: [UInt64], _ collections: String) -> [UInt8] {
        Array("full resync\n".utf8) + words.flatMap(\.bytes) + Array(collections.utf8)
    }
}

extension LogSecret {
    fileprivate var bytes: [UInt8] { high.bytes + low.bytes }
}

extension UInt64 {
    fileprivate var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(56 - 8 * $0)) } }
}
