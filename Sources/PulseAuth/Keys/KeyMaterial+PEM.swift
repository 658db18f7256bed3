import JWTKit

extension KeyMaterial {
    /// The key in a PEM, as an algorithm needs it.
    ///
    /// - Throws: ``KeyError`` when there is none.
    init(publicPEM pem: String, for algorithm: TokenAlgorithm) throws(KeyError) {
        guard !pem.contains("PRIVATE KEY-----") else {
            throw KeyError("a private key: to check tokens takes the public one ('openssl pkey -pubout')")
        }
        do {
            switch algorithm {
            case .hs256, .hs384, .hs512: throw Self.unusable(as: "public", algorithm)
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: self = .rsa(try Insecure.RSA.PublicKey(pem: pem))
            case .es256: self = .ecdsa(try ES256PublicKey(pem: pem))
            case .es384: self = .ecdsa(try ES384PublicKey(pem: pem))
            case .es512: self = .ecdsa(try ES512PublicKey(pem: pem))
            case .edDSA: self = .edDSA(try EdDSA.PublicKey(pem: pem))
            }
        } catch {
            throw Self.unusable(as: "public", algorithm)
        }
    }

    /// The private key in a PEM, as an algorithm needs it.
    ///
    /// - Throws: ``KeyError`` when there is none.
    init(privatePEM pem: String, for algorithm: TokenAlgorithm) throws(KeyError) {
        do {
            switch algorithm {
            case .hs256, .hs384, .hs512: throw Self.unusable(as: "private", algorithm)
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: self = .rsa(try Insecure.RSA.PrivateKey(pem: pem))
            case .es256: self = .ecdsa(try ES256PrivateKey(pem: pem))
            case .es384: self = .ecdsa(try ES384PrivateKey(pem: pem))
            case .es512: self = .ecdsa(try ES512PrivateKey(pem: pem))
            case .edDSA: self = .edDSA(try EdDSA.PrivateKey(pem: pem))
            }
        } catch {
            throw Self.unusable(as: "private", algorithm)
        }
    }

    private static func unusable(as kind: String, _ algorithm: TokenAlgorithm) -> KeyError {
        switch algorithm {
        case .hs256, .hs384, .hs512: KeyError("a PEM, which is no secret: \(algorithm) takes random bytes")
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
            KeyError("no PEM of a \(kind) RSA key of 2048 bits or more")
        case .es256: KeyError("no PEM of a \(kind) key on the curve P-256")
        case .es384: KeyError("no PEM of a \(kind) key on the curve P-384")
        case .es512: KeyError("no PEM of a \(kind) key on the curve P-521")
        case .edDSA: KeyError("no PEM of a \(kind) Ed25519 key")
        }
    }
}
