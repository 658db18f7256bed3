package import PulseEngine
package import PulseModel

/// A JSON Web Token in its compact form (RFC 7515, section 7.1), taken apart; nothing of it is believed yet.
package struct CompactToken: Sendable {
    /// The longest token, in bytes.
    package static let maximumByteCount = 8_192

    package let header: TokenHeader
    private let claimsText: [UInt8]
    /// What the signature is made over.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// - Throws: a refusal that says which part is wrong, without a byte of it.
    package init(_ text: String) throws(AuthenticationError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumByteCount else {
            throw AuthenticationError("the token has more than \(Self.maximumByteCount) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw AuthenticationError("the token has \(parts.count) parts, not the three of a signed one")
        }
        header = try TokenHeader(Self.decode(parts[0], as: "header"))
        claimsText = try Self.decode(parts[1], as: "claims")
        signature = try Self.decode(parts[2], as: "signature")
        signedBytes = Array(bytes[..<parts[1].endIndex])
    }

    /// The claims, which are worth nothing before a key has verified the token.
    package func claims() throws(AuthenticationError) -> JSONObject {
        try Self.object(claimsText, as: "claims", depth: 16)
    }

    private static func decode(_ part: ArraySlice<UInt8>, as name: String) throws(AuthenticationError) -> [UInt8] {
        guard let bytes = Base64URL.decode(part) else {
            throw AuthenticationError("\(name): not base64url without padding")
        }
        guard !bytes.isEmpty else { throw AuthenticationError("\(name): empty") }
        return bytes
    }

    static func object(_ text: [UInt8], as name: String, depth: Int) throws(AuthenticationError) -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue.parse(text, limits: JSONLimits(maximumDepth: depth))
        } catch {
            throw AuthenticationError("\(name): not JSON (\(error.code) at byte \(error.byteOffset))")
        }
        guard case .object(let object) = value else { throw AuthenticationError("\(name): not a JSON object") }
        switch value.firstFault {
        case nil: return object
        case .duplicateKey: throw AuthenticationError("\(name): a key that is there twice")
        case .invalidKey, .invalidString: throw AuthenticationError("\(name): a text with half a surrogate pair")
        case .oversized, .oversizedKey, .tooManyKeys: throw AuthenticationError("\(name): a part is too large")
        }
    }
}
