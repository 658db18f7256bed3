import PulseEngine
import PulseModel
import PulseWire

/// What becomes of a connection whose client has shown a new token.
package enum Renewal: Sendable {
    /// The connection goes on as before, and by the token it had.
    case refused(WireError)
    /// It goes on by the new token: what is uploaded from now on is judged by that.
    case goesOn(Identity)
    /// The token is good, and its user may read other records than before. The connection must end: its cursors stand
    /// where nothing of what was gained has been sent, and what was lost must not be sent any more. So the client comes
    /// back and asks anew.
    case accessChanged(Identity)

    /// - Parameters:
    ///   - answer: what the authenticator made of the new token.
    ///   - current: whom the connection speaks for.
    package init(
        _ answer: Result<Identity, AuthenticationError>, of current: Identity, under schema: Schema
    ) {
        switch answer {
        case .failure(let error) where error.isTemporary:
            self = .refused(WireError(.notChecked, "The token cannot be checked just now. Send it again."))
        case .failure:
            self = .refused(WireError(.notAccepted, "The token is not accepted."))
        case .success(let identity) where identity.user != current.user:
            self = .refused(WireError(.notAccepted, "The token is another user's. Connect anew with it."))
        case .success(let identity):
            let isSame = schema.models.allSatisfy { Set($0.scopes(of: identity)) == Set($0.scopes(of: current)) }
            self = isSame ? .goesOn(identity) : .accessChanged(identity)
        }
    }
}
