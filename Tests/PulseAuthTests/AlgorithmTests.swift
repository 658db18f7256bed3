import Foundation
import PulseAuth
import PulseModel
import Testing

@Suite("Algorithms of tokens")
struct AlgorithmTests {
    @Test("a token that is minted is let in", arguments: TokenAlgorithm.allCases)
    func roundTrip(algorithm: TokenAlgorithm) async throws {
        let key = try await SigningKey(Array(TestKeys.signing(algorithm).utf8), algorithm)
        let token = try key.token(
            JSONObject([.init(key: "sub", value: "17"), .init(key: "exp", value: 1_800_000_060)]))
        try await withDoor([algorithm]) { #expect(await $0.user(token) == "17") }
    }

    @Test("a key serves its own algorithm only", arguments: TokenAlgorithm.allCases)
    func confusion(algorithm: TokenAlgorithm) async throws {
        try await withDoor([algorithm]) { door in
            for other in TokenAlgorithm.allCases where other != algorithm {
                let token = try await Forge.token(other)
                #expect(await door.refusal(token) == "header: alg is none that a key is configured for")
                // The same signature under the name of the algorithm that is configured.
                let disguised = try await Forge.token(other, header: #"{"alg":"\#(algorithm)"}"#)
                #expect(await door.refusal(disguised) == "signature: not that of a key")
            }
        }
    }

    @Test(
        "a changed bit, wherever it is, is noticed", arguments: [TokenAlgorithm.hs256, .rs256, .ps256, .es256, .edDSA])
    func flippedBits(algorithm: TokenAlgorithm) async throws {
        let token = Array(try await Forge.token(algorithm).utf8)
        try await withDoor([algorithm]) { door in
            for index in token.indices {
                var changed = token
                changed[index] ^= 1
                #expect(await door.refusal(String(decoding: changed, as: UTF8.self)) != nil, "byte \(index)")
            }
        }
    }

    @Test("a public key is no secret to sign with", arguments: [TokenAlgorithm.rs256, .es256, .edDSA])
    func publicKeyAsSecret(algorithm: TokenAlgorithm) async throws {
        let pem = TestKeys.verifying(algorithm)
        try await withDoor([algorithm]) { door in
            for secret in [pem, pem + "\n", pem + "\r\n"] {
                for header in [#"{"alg":"HS256"}"#, #"{"alg":"\#(algorithm)"}"#] {
                    let token = try await Forge.token(secret: Array(secret.utf8), header: header)
                    #expect(await door.refusal(token) != nil)
                }
            }
        }
    }

    @Test("signatures of zeros, in another form, or of another length are refused")
    func oddSignatures() async throws {
        let signed = "\(Forge.part(#"{"alg":"ES256"}"#)).\(Forge.part(goodClaims))"
        let raw = try await Forge.signer(.es256).sign(Array(signed.utf8))
        let integers = [raw[..<32], raw[32...]].map { number in
            let number = Array(number.drop { $0 == 0 })
            let padded = number[0] > 127 ? [0] + number : number
            return [2, UInt8(padded.count)] + padded
        }
        let der = [48, UInt8(integers.joined().count)] + integers.joined()
        let zeros = [UInt8](repeating: 0, count: 64)
        try await withDoor([.es256]) { door in
            #expect(await door.user("\(signed).\(Base64URL.encode(raw))") == "17")
            for signature in [zeros, der, Array(raw.dropLast()), raw + [0], Array(raw[..<32]), [0]] {
                #expect(
                    await door.refusal("\(signed).\(Base64URL.encode(signature))") == "signature: not that of a key")
            }
        }
    }
}
