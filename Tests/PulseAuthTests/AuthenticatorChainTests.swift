import PulseAuth
import PulseEngine
import PulseModel
import Testing

/// Recognises tokens with its prefix, and does with them as it is told.
private struct Method: Authenticator {
    let prefix: String
    var error: AuthenticationError?

    func recognises(_ credentials: Credentials) -> Bool { credentials.token?.hasPrefix(prefix) == true }

    func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity {
        if let error { throw error }
        guard let user = UserID(prefix) else { throw AuthenticationError("no prefix") }
        return Identity(user: user)
    }
}

@Suite("A chain of methods")
struct AuthenticatorChainTests {
    @Test("the first method that recognises the credentials decides", arguments: ["a", "b"])
    func first(prefix: String) async throws {
        let chain = AuthenticatorChain([Method(prefix: "a"), Method(prefix: "b")])
        let identity = try await chain.authenticate(Credentials(token: prefix + "1"))
        #expect(identity.user.text == prefix)
    }

    @Test("what it refuses, or cannot check, no later method accepts", arguments: [false, true])
    func alone(isTemporary: Bool) async throws {
        let error = AuthenticationError("no", isTemporary: isTemporary)
        let chain = AuthenticatorChain([Method(prefix: "a", error: error), Method(prefix: "")])
        let thrown = try await #require(throws: AuthenticationError.self) {
            _ = try await chain.authenticate(Credentials(token: "a"))
        }
        #expect(thrown.message == "no")
        #expect(thrown.isTemporary == isTemporary)
    }

    @Test("what no method recognises is refused", arguments: ["x", nil])
    func nobody(token: String?) async throws {
        let chain = AuthenticatorChain([Method(prefix: "a"), Method(prefix: "b")])
        #expect(!chain.recognises(Credentials(token: token)))
        let thrown = try await #require(throws: AuthenticationError.self) {
            _ = try await chain.authenticate(Credentials(token: token))
        }
        #expect(!thrown.isTemporary)
    }
}
