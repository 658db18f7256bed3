import AsyncHTTPClient
import Foundation
import JWTKit
import Logging
import PulseAuth
import PulseEngine
import PulseModel

/// The moment that tests of claims are made at.
let noon = Timestamp(microseconds: 1_800_000_000_000_000)

/// Claims that every test's server takes, at ``noon``.
let goodClaims = #"{"sub":"17","exp":1800000060}"#

/// Makes tokens byte by byte, right or not.
enum Forge {
    /// Header and claims as they stand, signed with an algorithm's own key.
    static func token(
        _ algorithm: TokenAlgorithm = .hs256, header: String? = nil, claims: String = goodClaims
    ) async throws -> String {
        let header = header ?? #"{"alg":"\#(algorithm)"}"#
        let signed = "\(part(header)).\(part(claims))"
        let signature = try await signer(algorithm).sign(Array(signed.utf8))
        return "\(signed).\(Base64URL.encode(signature))"
    }

    /// The same signed with any bytes as the secret.
    static func token(secret: [UInt8], header: String, claims: String = goodClaims) async throws -> String {
        let signed = "\(part(header)).\(part(claims))"
        let collection = JWTKeyCollection()
        await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return "\(signed).\(Base64URL.encode(try await collection.getKey().sign(Array(signed.utf8))))"
    }

    static func part(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }

    static func signer(_ algorithm: TokenAlgorithm) async throws -> any JWTAlgorithm {
        let collection = JWTKeyCollection()
        let hmac = HMACKey(from: TestKeys.secret)
        switch algorithm {
        case .hs256: await collection.add(hmac: hmac, digestAlgorithm: .sha256)
        case .hs384: await collection.add(hmac: hmac, digestAlgorithm: .sha384)
        case .hs512: await collection.add(hmac: hmac, digestAlgorithm: .sha512)
        case .rs256: await collection.add(rsa: try rsa(), digestAlgorithm: .sha256)
        case .rs384: await collection.add(rsa: try rsa(), digestAlgorithm: .sha384)
        case .rs512: await collection.add(rsa: try rsa(), digestAlgorithm: .sha512)
        case .ps256: await collection.add(pss: try rsa(), digestAlgorithm: .sha256)
        case .ps384: await collection.add(pss: try rsa(), digestAlgorithm: .sha384)
        case .ps512: await collection.add(pss: try rsa(), digestAlgorithm: .sha512)
        case .es256: await collection.add(ecdsa: TestKeys.es256)
        case .es384: await collection.add(ecdsa: TestKeys.es384)
        case .es512: await collection.add(ecdsa: TestKeys.es512)
        case .edDSA: await collection.add(eddsa: TestKeys.edDSA)
        }
        return try await collection.getKey()
    }

    private static func rsa() throws -> Insecure.RSA.PrivateKey {
        try Insecure.RSA.PrivateKey(pem: TestKeys.rsaPrivate)
    }
}

/// A server's authenticator, at ``noon``, and its way in.
struct Door {
    let authenticator: JWTAuthenticator

    /// - Returns: the user, or why not.
    func open(_ token: String?) async -> Result<Identity, AuthenticationError> {
        do throws(AuthenticationError) {
            return .success(try await authenticator.authenticate(Credentials(token: token)))
        } catch {
            return .failure(error)
        }
    }

    func user(_ token: String) async -> String? { try? await open(token).get().user.text }

    func refusal(_ token: String?) async -> String? {
        guard case .failure(let error) = await open(token), !error.isTemporary else { return nil }
        return error.message
    }
}

/// Runs `body` with a door that takes keys for the algorithms, from files.
func withDoor(
    _ algorithms: [TokenAlgorithm] = [.hs256], _ configuration: JWTConfiguration = JWTConfiguration(),
    _ body: (Door) async throws -> Void
) async throws {
    try await withDirectory { directory in
        var references: [KeyReference] = []
        for algorithm in algorithms {
            let file = directory.appending(path: algorithm.rawValue)
            try Data(TestKeys.verifying(algorithm).utf8).write(to: file)
            references.append(try KeyReference("\(algorithm):file:\(file.path)"))
        }
        try await withClient { client in
            let keys = try await KeyRing(references, client: client, logger: quiet)
            try await body(Door(authenticator: JWTAuthenticator(configuration, keys: keys) { noon }))
        }
    }
}

func withClient<Value>(_ body: (HTTPClient) async throws -> Value) async throws -> Value {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    return try await HTTPClient.withHTTPClient(configuration: configuration, body)
}

func withDirectory(_ body: (URL) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "pulse-auth-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(directory)
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
