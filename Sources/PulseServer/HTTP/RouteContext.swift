import Hummingbird
import NIOCore

/// What a route knows of a request besides the request itself.
package struct RouteContext: RemoteAddressRequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who is at the other end of the socket; nil where that is not known any more.
    package let remoteAddress: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
