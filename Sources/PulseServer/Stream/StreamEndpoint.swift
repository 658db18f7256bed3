import Logging
import PulseEngine
import PulseModel

/// The stream of the HTTP API, and what its sessions share.
struct StreamEndpoint: Sendable {
    let engine: SyncEngine
    let admission: Admission
    let configuration: PulseServer.Configuration
    let registry: SessionRegistry
    let metrics: ServerMetrics
    let logger: Logger

    func endpoint(at path: String) -> WebSocketEndpoint {
        WebSocketEndpoint(path: path) { request in
            let address = request.remoteAddress?.ipAddress
            var logger = logger
            logger[metadataKey: "connection"] = "\(request.connection)"
            do throws(AuthenticationError) {
                let identity = try await identity(in: request, from: address)
                let guest = StreamGuest(
                    scopeID: request.query.values(of: "scope_id").first, remoteAddress: address, place: request.place,
                    logger: logger)
                return .accept(subprotocol: BearerProtocol.answer(to: request.headers)) { _ in
                    StreamSession(self, guest, identity)
                }
            } catch {
                metrics.count(error.isTemporary ? .failed : .denied)
                logger.info(
                    "a client was refused", metadata: ["address": "\(address ?? "unknown")", "reason": "\(error)"])
                return error.isTemporary
                    ? .refuse(status: .serviceUnavailable, reason: "Try again.")
                    : .refuse(status: .forbidden, reason: "Not authenticated.")
            }
        }
    }

    func lifetime(of identity: Identity, _ guest: StreamGuest) -> SessionLifetime {
        SessionLifetime(
            identity, admission: admission, grace: configuration.authGrace, remoteAddress: guest.remoteAddress,
            logger: guest.logger)
    }

    /// Whom the handshake shows; nil where it shows no token, which may come with the first message.
    private func identity(
        in request: UpgradeRequest, from address: String?
    ) async throws(AuthenticationError) -> Identity? {
        let credentials = try admission.credentials(in: request.headers, request.query, remoteAddress: address)
        do throws(AuthenticationError) {
            return try await admission.admit(credentials, on: nil)
        } catch {
            guard credentials.token == nil, !error.isTemporary else { throw error }
            return nil
        }
    }
}

/// What a handshake says of a client beside its credentials.
struct StreamGuest: Sendable {
    let scopeID: String?
    let remoteAddress: String?
    /// The connection's place in the counts of the server.
    let place: ConnectionPlace
    let logger: Logger
}
