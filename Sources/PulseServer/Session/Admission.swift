import PulseEngine
import PulseModel

/// The one way from credentials to an identity: when a client connects, and when it renews its token.
struct Admission: Sendable {
    let engine: SyncEngine
    let authenticator: any Authenticator

    /// - Throws: ``AuthenticationError`` when the credentials are not accepted, or cannot be checked.
    func admit(
        _ credentials: Credentials, on client: ClientID?
    ) async throws(AuthenticationError) -> Identity {
        try await engine.admit(authenticator.authenticate(credentials)).on(client)
    }
}
