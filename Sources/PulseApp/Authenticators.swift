import Foundation
import Logging
import NIOCore
import PulseAuth
import PulseCommand
import PulseEngine
import PulseMetrics

/// Makes what tells who a client is.
enum Authenticators {
    /// Runs `body` with an authenticator: the program's own, or the methods of the settings in their order.
    ///
    /// - Throws: ``KeyError`` when tokens have no key to begin with; what `body` throws.
    static func with(
        _ own: (any Authenticator)?, or settings: ServeSettings, on eventLoopGroup: any EventLoopGroup,
        metrics: MetricRegistry, logger: Logger, _ body: (any Authenticator) async throws -> Void
    ) async throws {
        if let own { return try await body(own) }
        guard settings.authentication.contains(.jwt) else {
            return try await with(settings, jwt: nil, metrics: metrics, logger: logger, body)
        }
        try await withJWT(settings.tokens, on: eventLoopGroup, logger: logger) { jwt in
            try await with(settings, jwt: jwt, metrics: metrics, logger: logger, body)
        }
    }

    private static func with(
        _ settings: ServeSettings, jwt: JWTAuthenticator?, metrics: MetricRegistry, logger: Logger,
        _ body: (any Authenticator) async throws -> Void
    ) async throws {
        let methods = settings.authentication.enumerated().map { (index, method) -> any Authenticator in
            switch method {
            case .insecure: return InsecureAuthenticator()
            case .jwt: return jwt!
            case .backend(let url):
                return SessionProxy(.init(settings, backend: url, number: index + 1), metrics: metrics)
            }
        }
        if settings.authentication == [.insecure] {
            logger.warning("--auth insecure: every client is whoever it says it is")
        }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(AuthenticatorChain(methods)))
        } catch {
            outcome = .failure(error)
        }
        for case let proxy as SessionProxy in methods { await proxy.close() }
        try outcome.get()
    }
}

extension SessionProxy.Configuration {
    fileprivate init(_ settings: ServeSettings, backend: URL, number: Int) {
        self.init(backend: backend)
        self.number = number
        headers = settings.authHeaders
        timeLimit = settings.authTimeout
        answerLifetime = settings.authCache
        maximumRequests = settings.limits[.authRequests]
        maximumWaiting = settings.limits[.authWaiting]
    }
}
