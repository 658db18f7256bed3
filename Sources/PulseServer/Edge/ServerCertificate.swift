import Foundation
import NIOCore
import NIOSSL
import Synchronization

/// What a server proves itself with over TLS: a certificate with its chain, and the key to it, in two PEM files.
public final class ServerCertificate: Sendable {
    private let certificatePath: String
    private let keyPath: String
    private let context: Mutex<NIOSSLContext>

    /// Reads both files; this blocks.
    ///
    /// - Throws: ``ServerCertificateError`` when a file cannot be read, or the two do not belong together.
    public init(certificatePath: String, keyPath: String) throws(ServerCertificateError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.context = Mutex(try Self.makeContext(certificatePath, keyPath))
    }

    /// Reads both files again, for the connections to come; this blocks. Those that are open stay as they are.
    ///
    /// - Throws: ``ServerCertificateError``: then nothing has changed.
    public func reload() throws(ServerCertificateError) {
        let context = try Self.makeContext(self.certificatePath, self.keyPath)
        self.context.withLock { $0 = context }
    }

    /// What a new connection's pipeline begins with.
    func makeHandler() -> NIOSSLServerHandler {
        var configuration = NIOSSLHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = 4 * 1024
        return NIOSSLServerHandler(context: self.context.withLock { $0 }, configuration: configuration)
    }

    private static func makeContext(
        _ certificatePath: String, _ keyPath: String
    ) throws(ServerCertificateError) -> NIOSSLContext {
        let chainBytes = try self.read(certificatePath)
        let keyBytes = try self.read(keyPath)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainBytes), !chain.isEmpty else {
            throw ServerCertificateError("\(certificatePath): holds no certificate in PEM")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem) else {
            throw ServerCertificateError("\(keyPath): holds no private key in PEM without a password")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // For a peer's own goodbye. Its close frame has been waited for before.
        configuration.shutdownTimeout = .seconds(1)
        guard let context = try? NIOSSLContext(configuration: configuration) else {
            throw ServerCertificateError("\(keyPath): is not the key to the certificate in \(certificatePath)")
        }
        return context
    }

    private static func read(_ path: String) throws(ServerCertificateError) -> [UInt8] {
        do {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            if !bytes.isEmpty { return bytes }
        } catch {
            throw ServerCertificateError("\(path): cannot be read")
        }
        throw ServerCertificateError("\(path): is empty")
    }
}

/// Why a certificate cannot be used. Names the file, and holds nothing of what is in it.
public struct ServerCertificateError: Error, CustomStringConvertible {
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String { self.message }
}
