import NIOCore
import NIOSSL

/// How clients get in: what they prove their users by, and whom they trust where the address asks for TLS.
package struct Access: Sendable {
    package let credentials: Credentials
    private let tls: NIOSSLContext?

    /// A user's name is the token, and nothing is encrypted.
    package static let open = Access(credentials: .names, tls: nil)

    private init(credentials: Credentials, tls: NIOSSLContext?) {
        self.credentials = credentials
        self.tls = tls
    }

    /// - Parameters:
    ///   - isEncrypted: whether an address asks for TLS.
    ///   - authorities: a file of certificates, in PEM, that are trusted in place of the system's.
    /// - Throws: `BenchError` when these cannot be read.
    package init(_ credentials: Credentials, isEncrypted: Bool, authorities: String?) throws {
        guard isEncrypted else {
            self.init(credentials: credentials, tls: nil)
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorities { configuration.trustRoots = .file(authorities) }
        do {
            self.init(credentials: credentials, tls: try NIOSSLContext(configuration: configuration))
        } catch {
            throw BenchError(
                .badOption, "The certificates \(authorities ?? "of the system") cannot be read.", cause: error)
        }
    }

    /// Puts TLS into a fresh channel, on its event loop, where the address asks for it.
    func secure(_ channel: any Channel, to endpoint: Endpoint) throws {
        guard endpoint.isEncrypted, let tls else { return }
        // A certificate for an address is checked against the connection's.
        let isAddress = (try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)) != nil
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : endpoint.host))
    }
}
