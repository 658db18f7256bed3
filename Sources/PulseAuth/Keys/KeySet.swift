/// The keys in a file, a variable or an answer.
struct KeySet: Sendable {
    let keys: [VerificationKey]
    /// What was left out, and why.
    let notes: [String]

    /// Issuers have a few; more cost memory, and time to look through.
    static let maximumCount = 32

    /// Reads a JSON Web Key Set, a PEM or a secret: whatever the bytes are. A line break at the end of a secret is not
    /// part of it.
    ///
    /// - Throws: ``KeyError`` for what is none of these. A key set may have no key: then they were withdrawn.
    init(_ bytes: [UInt8], for algorithms: [TokenAlgorithm]) async throws(KeyError) {
        let text = String(decoding: bytes, as: UTF8.self)
        if bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
            try await self.init(jwks: bytes, for: algorithms)
        } else if text.contains("-----BEGIN ") {
            try await self.init(algorithms) { algorithm throws(KeyError) in
                try KeyMaterial(publicPEM: text, for: algorithm)
            }
        } else {
            let secret = KeyMaterial.secret(Self.secret(in: bytes))
            try await self.init(algorithms) { _ in secret }
        }
    }

    init(keys: [VerificationKey], notes: [String]) {
        self.keys = keys
        self.notes = notes
    }

    private init(
        _ algorithms: [TokenAlgorithm], material: (TokenAlgorithm) throws(KeyError) -> KeyMaterial
    ) async throws(KeyError) {
        var keys: [VerificationKey] = []
        for algorithm in algorithms {
            guard let key = try await VerificationKey(material(algorithm), algorithm) else {
                throw KeyError("neither a PEM nor a JSON Web Key Set")
            }
            keys.append(key)
        }
        self.init(keys: keys, notes: [])
    }

    static func secret(in bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == UInt8(ascii: "\n") else { return bytes }
        let line = bytes.dropLast()
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
}
