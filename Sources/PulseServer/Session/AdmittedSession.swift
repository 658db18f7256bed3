import NIOCore
import PulseEngine
import PulseModel
import PulseWire

/// A client's conversation, in whatever protocol, once it is known who the client is. Touched on its connection's event
/// loop only.
protocol AdmittedSession: AnyObject, Sendable {
    var engine: SyncEngine { get }
    var lifetime: SessionLifetime { get }
    /// Nil when the session has ended.
    var connection: WebSocketConnection? { get }

    /// Lets go of everything. Nothing is sent any more, and what is not submitted yet never will be.
    func stop()

    /// Ends the connection so that the client comes back to another worker, or to this one after its restart. Nothing more
    /// is read from it, and what has been taken is answered first.
    func leave()

    /// Says that a message was refused.
    func refuse(_ error: WireError)

    /// What says that the connection goes on by a new token; see ``SessionLifetime/expiresIn``.
    func acknowledgement(expiresIn: Int64?) -> FrameBuffer
}

/// What ends a connection, and what renews it, whatever is said on it.
extension AdmittedSession {
    /// For whom the connection speaks just now. The user never changes.
    var identity: Identity { lifetime.identity }

    func begin(on connection: WebSocketConnection) {
        // It was admitted a moment ago. Who is revoked from now on is found in the registry.
        guard !engine.isRevoked(identity) else { return closeAsRevoked() }
        watchToken(on: connection)
    }

    private func watchToken(on connection: WebSocketConnection) {
        lifetime.watch(on: connection.eventLoop) {
            self.end(.tokenEnded, "The token has ended. Connect with a new one.")
        }
    }

    /// Answers an `AUTH` when its token has been checked; nothing waits for that.
    func renew(by auth: Auth) {
        guard let connection else { return }
        do throws(WireError) {
            try lifetime.renew(by: auth.token, on: connection.eventLoop) { self.settle($0) }
        } catch {
            refuse(error)
        }
    }

    private func settle(_ renewal: Renewal) {
        guard let connection else { return }
        switch renewal {
        case .refused(let error):
            refuse(error)
        case .goesOn:
            acknowledgeToken(on: connection)
            connection.flush()
            begin(on: connection)
        case .accessChanged:
            acknowledgeToken(on: connection)
            end(.accessChanged, "What you may access has changed. Connect again.")
        }
    }

    private func acknowledgeToken(on connection: WebSocketConnection) {
        connection.write(frames: ByteBuffer(bytes: acknowledgement(expiresIn: lifetime.expiresIn).bytes))
    }

    /// Does what an operator has decided of the user.
    func follow(_ revocation: Revocation) {
        if revocation.covers(identity) {
            closeAsRevoked()
        } else if revocation.isKickOfAll {
            end(.kicked, "An operator has ended the connection.")
        }
    }

    private func closeAsRevoked() {
        end(.revoked, "The token was revoked. Log in anew.")
    }

    /// Closes the connection. Nothing but the close frame is sent any more; an upload that is still with a hook is not
    /// stored, for its client may not write any more.
    private func end(_ code: WebSocketCloseCode, _ reason: String) {
        let connection = connection
        stop()
        connection?.close(code: code, reason: reason)
    }
}
