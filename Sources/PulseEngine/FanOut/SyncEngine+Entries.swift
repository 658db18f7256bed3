import NIOCore
import PulseModel

extension SyncEngine {
    /// Begins to send entries of the HTTP API to `outlet`: what changed behind a version, in version order, and then
    /// whatever changes. On the outlet's event loop.
    ///
    /// - Parameter identity: all of whose models it is sent; see ``Identity/reading(_:scopeID:of:)``.
    package func stream(
        to identity: Identity, after version: Version, on eventLoop: any EventLoop, outlet: any Outlet
    ) -> Subscriber {
        Subscriber(
            identity: identity, schema: schema, shard: entryShard(of: eventLoop), pages: pages, outlet: outlet,
            entriesAfter: version)
    }
}
