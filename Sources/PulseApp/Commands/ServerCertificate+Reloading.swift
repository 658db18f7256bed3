import Logging
import NIOPosix
import PulseServer
import UnixSignals

extension ServerCertificate {
    /// From now on the files are read again at every SIGHUP, until the task is cancelled. What cannot be used is logged,
    /// and changes nothing.
    func reloadOnSignal(logger: Logger) async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        return Task {
            for await _ in signals {
                do {
                    try await NIOThreadPool.singleton.runIfActive { try self.reload() }
                    logger.notice("the certificate was read again")
                } catch {
                    logger.error("the certificate stays the one that it was", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
