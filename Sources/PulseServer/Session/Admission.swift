import NIOHTTP1
import PulseEngine
import PulseModel

/// The one way from what a client shows to an identity: when it connects, when it renews its token, and when it sends a
/// request to a route.
package struct Admission: Sendable {
    let engine: SyncEngine
    private let authenticator: any Authenticator
    private let tokenCookie: String?
    let origins: OriginRule
    let proxies: TrustedProxies

    package init(
        engine: SyncEngine, authenticator: any Authenticator, configuration: PulseServer.Configuration
    ) {
        self.engine = engine
        self.authenticator = authenticator
        tokenCookie = configuration.tokenCookie
        origins = configuration.web.origins
        proxies = configuration.web.trustedProxies
    }

    /// - Throws: ``AuthenticationError`` when the credentials are not accepted, or cannot be checked.
    func admit(
        _ credentials: Credentials, on client: ClientID?
    ) async throws(AuthenticationError) -> Identity {
        try await engine.admit(authenticator.authenticate(credentials)).on(client)
    }

    /// Takes the credentials from where a request may show them. Its Origin, if it states one, has been judged.
    ///
    /// - Throws: ``AuthenticationError`` as above, or when it shows them in no proper way.
    func admit(
        headers: HTTPHeaders, query: QueryParameters, remoteAddress: String?, on client: ClientID? = nil
    ) async throws(AuthenticationError) -> Identity {
        try await admit(credentials(in: headers, query, remoteAddress: remoteAddress), on: client)
    }

    /// What a request shows.
    ///
    /// - Throws: ``AuthenticationError`` when it shows them in no proper way.
    func credentials(
        in headers: HTTPHeaders, _ query: QueryParameters, remoteAddress: String?
    ) throws(AuthenticationError) -> Credentials {
        try Credentials(headers: headers, query: query, tokenCookie: tokenCookie, remoteAddress: remoteAddress)
    }
}
