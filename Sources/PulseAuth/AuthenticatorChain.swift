public import PulseEngine
public import PulseModel

/// Several methods of authentication: the first that recognises anything among the credentials decides, alone.
///
/// What that method refuses no later one accepts, so a wrong token is never made up for by something else that happens
/// to come along. What it cannot check just now stays temporary, and is not turned into a refusal by the next.
public struct AuthenticatorChain: Authenticator {
    private let methods: [any Authenticator]

    /// - Parameter methods: in the order in which they are asked.
    public init(_ methods: [any Authenticator]) {
        self.methods = methods
    }

    public func recognises(_ credentials: Credentials) -> Bool {
        methods.contains { $0.recognises(credentials) }
    }

    public func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity {
        guard let method = methods.first(where: { $0.recognises(credentials) }) else {
            throw AuthenticationError("nothing that a method judges; cookies count only with an Origin")
        }
        return try await method.authenticate(credentials)
    }
}
