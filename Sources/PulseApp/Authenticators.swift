import Logging
import NIOCore
import PulseCommand
import PulseEngine

/// Makes the authenticator that settings name.
enum Authenticators {
    /// Runs `body` with an authenticator: the program's own, or the one that the settings name.
    static func with(
        _ own: (any Authenticator)?, or settings: ServeSettings, on eventLoopGroup: any EventLoopGroup, logger: Logger,
        _ body: (any Authenticator) async throws -> Void
    ) async throws {
        if let own { return try await body(own) }
        guard settings.authentication == .jwt else { return try await body(InsecureAuthenticator()) }
        try await withJWT(settings.tokens, on: eventLoopGroup, logger: logger, body)
    }
}
