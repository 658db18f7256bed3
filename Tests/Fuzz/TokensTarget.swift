import AsyncHTTPClient
import Foundation
import Logging
import PulseAuth
import PulseEngine
import PulseModel

/// `t` and a token, or `c` and the claims of one that is signed properly, or `r` and a reference to a key.
struct TokensTarget: FuzzTarget {
    private static let noon = Timestamp(microseconds: 1_800_000_000_000_000)
    private static let claims = [
        #"{"sub":"alice","exp":1800000060}"#,
        #"{"sub":17,"exp":1.80000006e9,"nbf":1799999990,"iat":1799999990,"team":["red",7],"aud":["pulse"]}"#,
        #"{"sub":"a","exp":1800000060,"iss":"https://id","scope":"read sync","act":{"sub":"b"},"team":null}"#,
    ]

    private let configuration: JWTConfiguration
    private let authenticator: JWTAuthenticator
    private let signer: SigningKey
    /// Everything of the real tokens but their signatures: these are made anew by each process.
    private let genuine: Set<Substring>

    init() throws {
        var configuration = JWTConfiguration()
        configuration.groupClaims = [.init(name: ClaimName("team")!, path: ClaimPath("team"))]
        self.configuration = configuration
        let directory = FileManager.default.temporaryDirectory.appending(path: "pulse-fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let references = try FuzzKey.all.map { key in
            let file = directory.appending(path: key.algorithm.rawValue)
            try Data(key.verifies.utf8).write(to: file)
            return try KeyReference("\(key.algorithm):file:\(file.path)")
        }
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        let ring = try awaitResult { try await KeyRing(references, client: HTTPClient.shared, logger: logger) }
        authenticator = JWTAuthenticator(configuration, keys: ring) { Self.noon }
        signer = try awaitResult { try await SigningKey(Array(FuzzKey.secret.utf8), .hs256) }
        genuine = Set(try Self.tokens().map { Self.unsigned($0) })
    }

    private static func unsigned(_ token: String) -> Substring {
        token[..<(token.lastIndex(of: ".") ?? token.endIndex)]
    }

    private static func tokens() throws -> [String] {
        try FuzzKey.all.flatMap { key in
            let signer = try awaitResult { try await SigningKey(Array(key.signs.utf8), key.algorithm) }
            return try claims.map { claims in
                guard case .object(let object) = try JSONValue.parse(claims) else {
                    fatalError("Claims are an object.")
                }
                return try signer.token(object)
            }
        }
    }

    static func seeds(from conversations: [[UInt8]]) throws -> [[UInt8]] {
        let references = [
            "HS256:env:A", "RS256+ES256:https://id.example/keys?a=b", "EdDSA:file:/k", "ES256:http://[::1]/",
        ]
        let seeds = try tokens().map { "t" + $0 } + claims.map { "c" + $0 } + references.map { "r" + $0 }
        return seeds.map { Array($0.utf8) }
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input.dropFirst(), as: UTF8.self)
        switch input.first {
        case UInt8(ascii: "c"): checkClaims(text)
        case UInt8(ascii: "r"): checkReference(text)
        default: checkToken(text)
        }
    }

    private func checkToken(_ text: String) {
        _ = authenticator.recognises(Credentials(token: text))
        if (try? identity(of: text)) != nil {
            require(genuine.contains(Self.unsigned(text)), "A token that nobody has signed: \(text)")
        }
        // What the signature keeps from strangers.
        if let token = try? CompactToken(text), let claims = try? token.claims() {
            _ = try? configuration.identity(from: claims, at: Self.noon)
        }
    }

    private func checkClaims(_ text: String) {
        guard case .object(let claims)? = try? JSONValue.parse(text), let token = try? signer.token(claims) else {
            return
        }
        let expected = try? configuration.identity(from: claims, at: Self.noon)
        let parsed = try? CompactToken(token).claims()
        guard token.utf8.count <= CompactToken.maximumByteCount, parsed != nil else {
            require((try? identity(of: token)) == nil, "A token that cannot be taken apart was accepted.")
            return
        }
        require(parsed == claims, "Other claims were signed.")
        guard let identity = try? identity(of: token) else {
            require(expected == nil, "A genuine token was refused: \(text)")
            return
        }
        require(identity == expected, "The token speaks for somebody else: \(text)")
        guard let expires = identity.expires else { fatalError("The token never ends: \(text)") }
        require(expires.microseconds > Self.noon.microseconds - 30_000_000, "The token has ended: \(text)")
        require(claims["aud"] == nil, "The token is meant for somebody else: \(text)")
    }

    private func identity(of token: String) throws -> Identity {
        try awaitResult { try await authenticator.authenticate(Credentials(token: token)) }
    }

    private func checkReference(_ text: String) {
        guard let reference = try? KeyReference(text) else { return }
        require(!reference.algorithms.isEmpty, "A key for nothing.")
        let isSecret = reference.algorithms.contains { [.hs256, .hs384, .hs512].contains($0) }
        if case .url = reference.place { require(!isSecret, "A secret by URL.") }
    }
}
