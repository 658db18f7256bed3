import NIOCore
import NIOHTTP1

/// The proxies whose word on their clients counts.
public struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    public init(_ ranges: [AddressRange] = []) {
        self.ranges = ranges
    }

    package func contain(_ address: IPAddress) -> Bool {
        self.ranges.contains { $0.contains(address) }
    }

    /// Who sent a request: of the addresses between us and the client, the nearest one that is no trusted proxy. Behind
    /// what is no address nobody is looked for.
    ///
    /// - Parameters:
    ///   - peer: Who is at the other end of the socket; nil where that is not known any more.
    ///   - isSecure: Whether the socket speaks TLS.
    package func client(behind peer: IPAddress?, isSecure: Bool, headers: HTTPHeaders) -> RequestClient {
        guard let peer, self.contain(peer) else {
            return RequestClient(address: peer, scheme: isSecure ? .https : nil, isForwarded: false)
        }
        let scheme = ForwardedHop.scheme(in: headers)
        var client = RequestClient(address: peer, scheme: scheme, isForwarded: false)
        for hop in ForwardedHop.all(in: headers).reversed() {
            guard let address = hop.address else { break }
            client = RequestClient(address: address, scheme: hop.scheme ?? scheme, isForwarded: true)
            guard self.contain(address) else { break }
        }
        return client
    }
}

/// Who sent a request.
package struct RequestClient: Equatable, Sendable {
    package let address: IPAddress?
    /// How the client reached us, or the first proxy that we trust; nil where that is not known: a proxy that we do not
    /// trust may have ended its TLS.
    package let scheme: URLScheme?
    /// Whether a trusted proxy says so.
    package let isForwarded: Bool

    /// The address, with a port that says nothing.
    var socketAddress: SocketAddress? {
        self.address.flatMap { try? SocketAddress(ipAddress: $0.description, port: 0) }
    }
}
