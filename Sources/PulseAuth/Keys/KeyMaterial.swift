import JWTKit

/// A key, private or public, that is not bound to an algorithm yet.
enum KeyMaterial: Sendable {
    case secret([UInt8])
    case rsa(any RSAKey)
    case ecdsa(any ECDSAKey)
    case edDSA(any EdDSAKey)

    /// What signs and verifies with this key and this algorithm.
    ///
    /// - Returns: nil where they do not belong together.
    /// - Throws: ``KeyError`` when a secret is too short for it, or one byte over and over.
    func binding(to algorithm: TokenAlgorithm) async throws(KeyError) -> (any JWTAlgorithm)? {
        // jwt-kit gives its algorithms out through collections only.
        let collection = JWTKeyCollection()
        switch (self, algorithm) {
        case (.secret(let bytes), .hs256): await collection.add(hmac: try Self.key(bytes, 32), digestAlgorithm: .sha256)
        case (.secret(let bytes), .hs384): await collection.add(hmac: try Self.key(bytes, 48), digestAlgorithm: .sha384)
        case (.secret(let bytes), .hs512): await collection.add(hmac: try Self.key(bytes, 64), digestAlgorithm: .sha512)
        case (.rsa(let key), .rs256): await collection.add(rsa: key, digestAlgorithm: .sha256)
        case (.rsa(let key), .rs384): await collection.add(rsa: key, digestAlgorithm: .sha384)
        case (.rsa(let key), .rs512): await collection.add(rsa: key, digestAlgorithm: .sha512)
        case (.rsa(let key), .ps256): await collection.add(pss: key, digestAlgorithm: .sha256)
        case (.rsa(let key), .ps384): await collection.add(pss: key, digestAlgorithm: .sha384)
        case (.rsa(let key), .ps512): await collection.add(pss: key, digestAlgorithm: .sha512)
        case (.ecdsa(let key), .es256) where key.curve == .p256: await collection.add(ecdsa: key)
        case (.ecdsa(let key), .es384) where key.curve == .p384: await collection.add(ecdsa: key)
        case (.ecdsa(let key), .es512) where key.curve == .p521: await collection.add(ecdsa: key)
        case (.edDSA(let key), .edDSA): await collection.add(eddsa: key)
        default: return nil
        }
        return try? await collection.getKey()
    }

    /// RFC 7518, section 3.2: a secret has as many bytes as the hash at least.
    private static func key(_ bytes: [UInt8], _ minimumByteCount: Int) throws(KeyError) -> HMACKey {
        guard bytes.count >= minimumByteCount else {
            throw KeyError(
                "the secret has \(bytes.count) bytes, which is fewer than the \(minimumByteCount) that it must have")
        }
        guard bytes.contains(where: { $0 != bytes[0] }) else { throw KeyError("the secret is one byte over and over") }
        return HMACKey(from: bytes)
    }
}
