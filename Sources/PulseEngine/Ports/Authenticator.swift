import PulseModel

/// Finds out who a client is.
public protocol Authenticator: Sendable {
    /// Whether the credentials hold anything that this method judges. Of several methods the first that says so decides
    /// alone. True by default.
    func recognises(_ credentials: Credentials) -> Bool

    /// - Throws: ``AuthenticationError`` when the credentials are missing, wrong, or cannot be checked.
    func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity
}

extension Authenticator {
    public func recognises(_ credentials: Credentials) -> Bool { true }
}

/// What a client shows for itself when it connects.
public struct Credentials: Sendable {
    /// The one token that it shows (protocol section "Connecting").
    public let token: String?
    /// Where the connection comes from, for logs and limits: behind a trusted proxy, what that says.
    public let remoteAddress: String?
    /// The header fields of the request, in their order. They hold secrets: not for logs.
    public let headers: [Header]

    /// A header field.
    public struct Header: Sendable {
        /// In lower case.
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    public init(token: String?, remoteAddress: String? = nil, headers: [Header] = []) {
        self.token = token
        self.remoteAddress = remoteAddress
        self.headers = headers
    }
}

/// Why a client was not let in. The text is for the log; the client only learns that it was refused.
public struct AuthenticationError: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// Whether the credentials could not be checked just now: the client is told to come back with the same ones, not
    /// that they are wrong.
    public let isTemporary: Bool

    public init(_ message: String, isTemporary: Bool = false) {
        self.message = message
        self.isTemporary = isTemporary
    }

    public var description: String { message }
}

/// Takes the token itself for the user id. For development on one machine only.
public struct InsecureAuthenticator: Authenticator {
    public init() {}

    public func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity {
        guard let token = credentials.token else { throw AuthenticationError("no token") }
        guard let user = UserID(token) else { throw AuthenticationError("the token is no user id") }
        return Identity(user: user)
    }
}
