import JWTKit
package import PulseModel

/// A key to make tokens with: for development and tests.
package struct SigningKey: Sendable {
    private let algorithm: TokenAlgorithm
    private let signer: any JWTAlgorithm

    /// Reads the secret, or the PEM of a private key, that the reference refers to.
    ///
    /// - Throws: ``KeyError``.
    package init(_ reference: KeyReference) async throws(KeyError) {
        guard reference.algorithms.count == 1, let algorithm = reference.algorithms.first else {
            throw KeyError("a token is signed with one algorithm").of(reference)
        }
        let bytes: [UInt8]
        switch reference.place {
        case .file(let path): bytes = try await KeyReader.file(path)
        case .environment(let name): bytes = try KeyReader.variable(name)
        case .url: throw KeyError("a key to sign with does not come by URL").of(reference)
        }
        do throws(KeyError) {
            try await self.init(bytes, algorithm)
        } catch {
            throw error.of(reference)
        }
    }

    package init(_ bytes: [UInt8], _ algorithm: TokenAlgorithm) async throws(KeyError) {
        let material: KeyMaterial
        if algorithm.isSymmetric {
            material = .secret(KeySet.secret(in: bytes))
        } else {
            material = try KeyMaterial(privatePEM: String(decoding: bytes, as: UTF8.self), for: algorithm)
        }
        guard let signer = try await material.binding(to: algorithm) else {
            preconditionFailure("The material was made for this algorithm.")
        }
        self.algorithm = algorithm
        self.signer = signer
    }

    /// A token with these claims.
    ///
    /// - Parameter header: members besides `alg` and `typ`.
    /// - Throws: ``KeyError`` when a claim is there twice or cannot be written.
    package func token(_ claims: JSONObject, header: [JSONObject.Member] = []) throws(KeyError) -> String {
        let header = JSONObject(
            [.init(key: "alg", value: .string(algorithm.rawValue)), .init(key: "typ", value: "JWT")] + header)
        return try token(signed: "\(try Self.part(header)).\(try Self.part(claims))")
    }

    /// What stands in front of the signature, whatever it is, with its signature.
    package func token(signed: String) throws(KeyError) -> String {
        guard let signature = try? signer.sign(Array(signed.utf8)) else { throw KeyError("it cannot sign") }
        return "\(signed).\(Base64URL.encode(signature))"
    }

    private static func part(_ object: JSONObject) throws(KeyError) -> String {
        var writer = JSONWriter()
        do {
            try writer.value(.object(object))
        } catch {
            throw KeyError("claims: \(error)")
        }
        return Base64URL.encode(writer.bytes)
    }
}
