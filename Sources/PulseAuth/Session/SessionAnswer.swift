package import PulseModel

/// What came of a question to the backend.
///
/// Status 200 lets in whom the body names:
///
///     {"user_id": 17, "groups": {"team": ["7", "9"]}, "expires_in": 3600, "claims": {"plan": "pro"}}
///
/// `user_id` is a string or an integer; null, or an `expires_in` (seconds) below 1, is nobody. All else may be missing or
/// null. Each group's claim has one value or an array of them, strings or integers. 401 and 403 are refusals. Anything
/// else says nothing about the client.
package enum SessionAnswer: Sendable, Equatable {
    /// Let in, for so long. The credentials count as issued when it was asked.
    case accepted(Identity, for: Duration?)
    /// Why not; for the log.
    case refused(String)
    /// Why nothing is known; for the log.
    case unavailable(String)

    /// - Parameter now: what `expires_in` counts from.
    package init(status: Int, body: [UInt8], now: Timestamp) {
        switch status {
        case 200: self = Self.reading(body, now)
        case 401, 403: self = .refused("the backend answered \(status)")
        default: self = .unavailable("the backend answered \(status)")
        }
    }

    private static func reading(_ body: [UInt8], _ now: Timestamp) -> Self {
        do throws(SessionAnswerFault) {
            guard let reply = try SessionReply(body) else { return .refused("the backend answered: nobody") }
            let expires = reply.expiresIn.map { Timestamp(microseconds: now.microseconds + $0 * 1_000_000) }
            let identity = Identity(
                user: reply.user, groups: reply.groups, claims: reply.claims, issued: now, expires: expires)
            return .accepted(identity, for: reply.expiresIn.map { .seconds($0) })
        } catch {
            return .unavailable("the backend's answer is not understood: \(error.message)")
        }
    }
}
