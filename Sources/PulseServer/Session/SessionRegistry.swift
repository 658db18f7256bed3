import NIOCore
import Synchronization

/// The sessions of a worker, to end them all when it shuts down.
final class SessionRegistry: Sendable {
    private struct Entry {
        let session: PulseSession
        let eventLoop: any EventLoop
    }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    func add(_ session: PulseSession, on connection: WebSocketConnection) {
        let entry = Entry(session: session, eventLoop: connection.eventLoop)
        entries.withLock { $0[ObjectIdentifier(session)] = entry }
    }

    func remove(_ session: PulseSession) {
        _ = entries.withLock { $0.removeValue(forKey: ObjectIdentifier(session)) }
    }

    /// Asks every client to come back; see ``PulseSession/closeForRestart()``.
    func closeForRestart() {
        for entry in entries.withLock({ Array($0.values) }) {
            entry.eventLoop.execute { entry.session.closeForRestart() }
        }
    }
}
