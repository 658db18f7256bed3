import JWTKit
import PulseAuth
import PulseModel
import Testing

/// A key for each algorithm, and what a server is configured with to verify with it.
enum TestKeys {
    static let secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    static let es256 = ES256PrivateKey()
    static let es384 = ES384PrivateKey()
    static let es512 = ES512PrivateKey()
    static let edDSA = try! EdDSA.PrivateKey()

    /// What signs: a secret, or the PEM of a private key.
    static func signing(_ algorithm: TokenAlgorithm) -> String {
        switch algorithm {
        case .hs256, .hs384, .hs512: secret
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: rsaPrivate
        case .es256: es256.pemRepresentation
        case .es384: es384.pemRepresentation
        case .es512: es512.pemRepresentation
        case .edDSA: edDSA.pemRepresentation
        }
    }

    /// What verifies: a secret, or the PEM of a public key.
    static func verifying(_ algorithm: TokenAlgorithm) -> String {
        switch algorithm {
        case .hs256, .hs384, .hs512: secret
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: rsaPublic
        case .es256: es256.publicKey.pemRepresentation
        case .es384: es384.publicKey.pemRepresentation
        case .es512: es512.publicKey.pemRepresentation
        case .edDSA: edDSA.publicKey.pemRepresentation
        }
    }

    /// The public half as a JSON Web Key, with more members if there are any.
    static func jwk(_ key: ES256PrivateKey, kid: String?, more: String = "") throws -> String {
        let point = try #require(key.parameters)
        let x = Base64URL.encode(try #require(base64(point.x)))
        let y = Base64URL.encode(try #require(base64(point.y)))
        let id = kid.map { #""kid":"\#($0)","# } ?? ""
        return #"{\#(id)"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"\#(more)}"#
    }

    private static func base64(_ text: String) -> [UInt8]? {
        Base64URL.decode(
            text.utf8.filter { $0 != UInt8(ascii: "=") }
                .map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 })
    }
}
