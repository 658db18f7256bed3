/// Why there is no room for a connection.
package enum Shortage: String, Sendable, CaseIterable {
    /// There are as many connections as there may be.
    case connections
    /// Too many clients are at their first request.
    case handshakes
    /// Its address has as many connections as it may have.
    case address
    /// Its address comes too often.
    case rate
    /// Its user has as many WebSockets as a user may have.
    case user

    /// What the client is told.
    package var refusal: Refusal {
        switch self {
        case .connections: Refusal(.serviceUnavailable, "The server is full.", retryAfter: 10)
        case .handshakes: Refusal(.serviceUnavailable, "The server is busy.", retryAfter: 1)
        case .address: Refusal(.tooManyRequests, "Too many connections from this address.", retryAfter: 10)
        case .rate: Refusal(.tooManyRequests, "Too many new connections from this address.", retryAfter: 1)
        case .user: Refusal(.tooManyRequests, "Too many connections of this user.", retryAfter: 10)
        }
    }
}
