import Logging
import NIOPosix
import PulseServer
import UnixSignals

extension ServerCertificate {
    /// From now on the files of a certificate are read again at every SIGHUP, until the task is cancelled. What cannot be
    /// used is logged, and changes nothing. Without a certificate the signal means nothing, and ends nothing.
    static func reloadOnSignal(_ certificate: ServerCertificate?, logger: Logger) async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        return Task {
            for await _ in signals {
                guard let certificate else { continue }
                do {
                    try await NIOThreadPool.singleton.runIfActive { try certificate.reload() }
                    logger.notice("the certificate was read again")
                } catch {
                    logger.error("the certificate stays the one that it was", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
