import AsyncHTTPClient
import Logging
import NIOCore
import PulseAuth
import PulseCommand
import PulseEngine
import PulseModel

extension Authenticators {
    /// Runs `body` with an authenticator for JSON Web Tokens, whose keys are kept fresh meanwhile.
    ///
    /// - Throws: ``KeyError`` when there is no key to begin with; what `body` throws.
    static func withJWT(
        _ settings: TokenSettings, on eventLoopGroup: any EventLoopGroup, logger: Logger,
        _ body: (JWTAuthenticator) async throws -> Void
    ) async throws {
        try await withKeys(settings, on: eventLoopGroup, logger: logger) { keys in
            try await withThrowingTaskGroup { group in
                group.addTask { await keys.run() }
                defer { group.cancelAll() }
                try await body(JWTAuthenticator(JWTConfiguration(settings), keys: keys))
            }
        }
    }

    /// Runs `body` with the keys as they are now.
    static func withKeys(
        _ settings: TokenSettings, on eventLoopGroup: any EventLoopGroup, logger: Logger,
        _ body: (KeyRing) async throws -> Void
    ) async throws {
        let references = try settings.keys.map { text throws(KeyError) in try KeyReference(text) }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        try await HTTPClient.withHTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration) { client in
            try await body(KeyRing(references, client: client, logger: logger))
        }
    }
}

extension JWTConfiguration {
    init(_ settings: TokenSettings) {
        self.init(leeway: settings.leeway)
        audiences = settings.audiences
        issuers = settings.issuers
        userClaim = ClaimPath(settings.userClaim)
        groupClaims = settings.groups.map { GroupClaim(name: $0.name, path: ClaimPath($0.path)) }
        actorClaim = ClaimPath(settings.actorClaim)
        requiredScopes = settings.scopes
    }
}
