import JWTKit

/// A key that verifies tokens with one algorithm, and no other.
struct VerificationKey: Sendable {
    let algorithm: TokenAlgorithm
    /// Nil where it has none: then it is tried whatever a token names.
    let id: String?
    private let verifier: any JWTAlgorithm

    /// - Returns: nil where the material is not for this algorithm.
    init?(_ material: KeyMaterial, _ algorithm: TokenAlgorithm, id: String? = nil) async throws(KeyError) {
        guard let verifier = try await material.binding(to: algorithm) else { return nil }
        self.algorithm = algorithm
        self.id = id
        self.verifier = verifier
    }

    /// Whether a token with this header may have been signed with it.
    func fits(_ header: TokenHeader) -> Bool {
        guard algorithm == header.algorithm else { return false }
        guard let id, let wanted = header.keyID else { return true }
        return id.utf8.elementsEqual(wanted.utf8)
    }

    func hasSigned(_ token: CompactToken) -> Bool {
        (try? verifier.verify(token.signature, signs: token.signedBytes)) ?? false
    }
}
