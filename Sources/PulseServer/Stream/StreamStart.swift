import PulseEngine
import PulseModel
import PulseWire

/// What comes of a message that asks for a stream.
enum StreamStart: Sendable {
    /// - Parameters:
    ///   - identity: who asks.
    ///   - reader: the same, with nothing but what it is to be sent.
    case begins(Identity, reader: Identity, after: Version)
    /// The log does not tell any more what is missing.
    case fullResync([ModelName])
    case refused(WebSocketCloseCode, String)
}

extension StreamEndpoint {
    /// - Parameter known: whom the connection speaks for already.
    func start(
        _ subscription: StreamSubscription, of guest: StreamGuest, known: Identity?
    ) async -> StreamStart {
        do throws(AuthenticationError) {
            let identity = try await identity(in: subscription, of: guest, known: known)
            guard let identity else { return .refused(.tokenEnded, "Not authenticated") }
            return await start(subscription, scopeID: subscription.scopeID ?? guest.scopeID, by: identity)
        } catch {
            metrics.count(error.isTemporary ? .failed : .denied)
            guest.logger.info(
                "a stream was refused",
                metadata: ["address": "\(guest.remoteAddress ?? "unknown")", "reason": "\(error)"])
            return error.isTemporary
                ? .refused(.tryAgainLater, "The token cannot be checked just now.")
                : .refused(.tokenEnded, "Not authenticated")
        }
    }

    /// Nil where nothing shows who asks.
    private func identity(
        in subscription: StreamSubscription, of guest: StreamGuest, known: Identity?
    ) async throws(AuthenticationError) -> Identity? {
        guard let token = subscription.token else { return known }
        let shown = try await admission.admit(Credentials(token: token, remoteAddress: guest.remoteAddress), on: nil)
        if let known, known.user != shown.user { throw AuthenticationError("the token is another user's") }
        return shown
    }

    private func start(
        _ subscription: StreamSubscription, scopeID: String?, by identity: Identity
    ) async -> StreamStart {
        let schema = engine.schema
        let models: [Model]
        do throws(CollectionDenial) {
            models = try schema.collections(subscription.collections, for: identity)
        } catch {
            return .refused(.policyViolation, error.description)
        }
        do throws(StoreError) {
            let position = try await engine.store.position()
            guard let version = try await engine.resumption(after: subscription.since, in: position),
                try await !engine.hasPurged(models, behind: version)
            else { return .fullResync(models.map(\.name)) }
            let reader = identity.reading(models, scopeID: scopeID, of: schema)
            return .begins(identity, reader: reader, after: version)
        } catch {
            return .refused(.tryAgainLater, "The store does not answer just now.")
        }
    }
}
