public import PulseEngine
public import PulseModel

/// Lets in who shows a JSON Web Token that one of the configured keys has signed.
///
/// Nothing in a token makes the server fetch anything but the key sets that it is configured with, or use a key with
/// another algorithm than it is configured for. Nothing of a token is in the refusals.
public struct JWTAuthenticator: Authenticator {
    private let configuration: JWTConfiguration
    private let keys: KeyRing
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - keys: kept fresh by whoever calls ``KeyRing/run()``.
    ///   - now: the time of day.
    public init(
        _ configuration: JWTConfiguration, keys: KeyRing, now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.configuration = configuration
        self.keys = keys
        self.now = now
    }

    /// Whether the token has the dots of a JSON Web Token. Others, such as an API key, may be another method's.
    public func recognises(_ credentials: Credentials) -> Bool {
        (credentials.token ?? "").utf8.count { $0 == UInt8(ascii: ".") } >= 2
    }

    /// - Throws: ``AuthenticationError``, a temporary one where a key that could have signed the token has not come yet.
    public func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity {
        guard let text = credentials.token else { throw AuthenticationError("no token") }
        let token = try CompactToken(text)
        _ = try await keys.key(of: token)
        return try configuration.identity(from: token.claims(), at: now())
    }
}
