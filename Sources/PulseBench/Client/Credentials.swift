import Crypto
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How a connection proves whose it is.
package struct Credentials: Sendable {
    private static let lifetimeSeconds = 86_400
    private static let header = base64URL(#"{"alg":"HS256","typ":"JWT"}"#.utf8)

    /// Nil where a user's token is the user's name.
    private let key: SymmetricKey?

    private init(key: SymmetricKey?) {
        self.key = key
    }

    /// The user's name is the token.
    package static let names = Credentials(key: nil)

    /// JSON Web Tokens of HS256, good for a day, whose `sub` is the user.
    package init(secret: [UInt8]) {
        self.init(key: SymmetricKey(data: secret))
    }

    /// As ``init(secret:)``; the secret is all bytes of a file.
    ///
    /// - Throws: `BenchError` when the file cannot be read or is empty.
    package init(secretFile path: String) async throws {
        guard let secret = try? await NIOThreadPool.singleton.runIfActive({ SmallFile.bytes(of: path) }) else {
            throw BenchError(.badOption, "The secret \(path) cannot be read, or is empty.")
        }
        self.init(secret: secret)
    }

    /// What `user` connects with, at `now`, in seconds since 1970.
    package func token(of user: String, now: Int = time(nil)) -> String {
        guard let key else { return user }
        let claims = #"{"sub":\#(JSONText.quoted(user)),"iat":\#(now),"exp":\#(now + Self.lifetimeSeconds)}"#
        let signed = Self.header + "." + Self.base64URL(claims.utf8)
        let signature = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return signed + "." + Self.base64URL(Array(signature))
    }

    /// Base64 with `-` and `_`, without padding (RFC 4648, section 5).
    private static func base64URL(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var waiting: UInt32 = 0
        var bits = 0
        for byte in bytes {
            waiting = waiting << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(waiting >> UInt32(bits)) & 63])
            }
        }
        if bits > 0 { text.append(digits[Int(waiting << UInt32(6 - bits)) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}
