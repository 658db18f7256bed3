import JWTKit
import PulseModel

extension KeySet {
    /// Reads a JSON Web Key Set (RFC 7517, section 5). A key is taken for those of the algorithms that its `kty`, `crv`
    /// and `alg` allow; one that allows none is left out, and so is one that is not there to verify with.
    init(jwks text: [UInt8], for algorithms: [TokenAlgorithm]) async throws(KeyError) {
        guard let value = try? JSONValue.parse(text), value.firstFault == nil, case .object(let object) = value,
            case .array(let elements)? = object["keys"]
        else { throw KeyError("no JSON Web Key Set") }
        guard elements.count <= Self.maximumCount else {
            throw KeyError("a JSON Web Key Set of more than \(Self.maximumCount) keys")
        }
        var keys: [VerificationKey] = []
        var notes: [String] = []
        for (index, element) in elements.enumerated() {
            do throws(KeyError) {
                keys += try await Self.keys(of: element, for: algorithms)
            } catch {
                notes.append("keys[\(index)]: \(error.message)")
            }
        }
        self.init(keys: keys, notes: notes)
    }

    private static func keys(
        of element: JSONValue, for algorithms: [TokenAlgorithm]
    ) async throws(KeyError) -> [VerificationKey] {
        guard case .object(let object) = element else { throw KeyError("no object") }
        let id = try text("kid", of: object)
        if let use = try text("use", of: object), use != "sig" { throw KeyError("use is not 'sig'") }
        if let operations = object["key_ops"] {
            guard case .array(let names) = operations, names.contains("verify") else {
                throw KeyError("key_ops has no 'verify'")
            }
        }
        let own = try text("alg", of: object)
        let material = try material(of: object)
        var keys: [VerificationKey] = []
        for algorithm in algorithms where own == nil || own == algorithm.rawValue {
            if let key = try await VerificationKey(material, algorithm, id: id) { keys.append(key) }
        }
        guard !keys.isEmpty else { throw KeyError("kty, crv or alg is that of another algorithm") }
        return keys
    }

    private static func material(of object: JSONObject) throws(KeyError) -> KeyMaterial {
        do {
            switch (try text("kty", of: object), try text("crv", of: object)) {
            case ("RSA", _):
                return .rsa(
                    try Insecure.RSA.PublicKey(modulus: number("n", of: object), exponent: number("e", of: object)))
            case ("EC", "P-256"): return .ecdsa(try ES256PublicKey(parameters: point(of: object)))
            case ("EC", "P-384"): return .ecdsa(try ES384PublicKey(parameters: point(of: object)))
            case ("EC", "P-521"): return .ecdsa(try ES512PublicKey(parameters: point(of: object)))
            case ("OKP", "Ed25519"):
                return .edDSA(try EdDSA.PublicKey(x: number("x", of: object), curve: .ed25519))
            case ("oct", _): return .secret(Base64URL.decode(try number("k", of: object).utf8) ?? [])
            default: throw KeyError("kty or crv is not known here")
            }
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError("no valid key of its kty")
        }
    }

    private static func point(of object: JSONObject) throws(KeyError) -> ECDSAParameters {
        (x: try number("x", of: object), y: try number("y", of: object))
    }

    /// Bytes that are written as base64url.
    private static func number(_ name: String, of object: JSONObject) throws(KeyError) -> String {
        guard let text = try text(name, of: object), Base64URL.decode(text.utf8)?.isEmpty == false else {
            throw KeyError("\(name) is no base64url")
        }
        return text
    }

    private static func text(_ name: String, of object: JSONObject) throws(KeyError) -> String? {
        switch object[name] {
        case nil: return nil
        case .string(let text)?: return text
        default: throw KeyError("\(name) is no text")
        }
    }
}
