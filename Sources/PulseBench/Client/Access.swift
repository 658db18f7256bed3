import NIOCore
import NIOSSL

/// How clients get in: what they prove their users by, and whom they trust where the address asks for TLS.
package struct Access: Sendable {
    package let credentials: Credentials
    private let tls: (named: NIOSSLContext, unnamed: NIOSSLContext)?

    /// A user's name is the token, and nothing is encrypted.
    package static let open = Access(credentials: .names, tls: nil)

    private init(credentials: Credentials, tls: (named: NIOSSLContext, unnamed: NIOSSLContext)?) {
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
            let named = try NIOSSLContext(configuration: configuration)
            configuration.certificateVerification = .noHostnameVerification
            self.init(credentials: credentials, tls: (named, try NIOSSLContext(configuration: configuration)))
        } catch {
            throw BenchError(
                .badOption, "The certificates \(authorities ?? "of the system") cannot be read.", cause: error)
        }
    }

    /// Puts TLS into a fresh channel, on its event loop, where the address asks for it.
    func secure(_ channel: any Channel, to endpoint: Endpoint) throws {
        guard endpoint.isEncrypted else { return }
        guard let tls else { throw BenchError(.badURL, "\(endpoint.url) cannot be reached without TLS.") }
        // A certificate for an address is checked against the connection's, which behind a proxy is the proxy's.
        let isAddress = (try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)) != nil
        let context = isAddress && endpoint.proxyPort != nil ? tls.unnamed : tls.named
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : endpoint.host))
    }
}
