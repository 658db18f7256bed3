import PulseEngine
package import PulseModel

/// What a token says of its own signature (RFC 7515, section 4). It chooses among the configured keys, and nothing else:
/// keys that it brings or points to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
package struct TokenHeader: Sendable {
    package let algorithm: TokenAlgorithm
    /// `kid`: the id of the key.
    package let keyID: String?
    /// All of it, to be shown.
    package let object: JSONObject

    /// Types of tokens that grant access; others are refresh tokens, logout tokens and the like.
    private static let types = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"]

    init(_ text: [UInt8]) throws(AuthenticationError) {
        object = try CompactToken.object(text, as: "header", depth: 4)
        guard object["crit"] == nil else { throw AuthenticationError("header: crit asks for what is not known here") }
        guard case .string(let name)? = object["alg"] else { throw AuthenticationError("header: alg is no text") }
        guard let algorithm = TokenAlgorithm(rawValue: name) else {
            throw AuthenticationError("header: alg is no algorithm that is known here")
        }
        self.algorithm = algorithm
        switch object["kid"] {
        case nil: keyID = nil
        case .string(let id)?: keyID = id
        default: throw AuthenticationError("header: kid is no text")
        }
        switch object["typ"] {
        case nil: break
        case .string(let type)? where Self.types.contains(type.lowercased()): break
        default: throw AuthenticationError("header: typ is not that of an access token")
        }
    }
}
