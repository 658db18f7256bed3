import NIOCore
import Synchronization

/// The sessions of a worker, to end them all when it shuts down.
final class SessionRegistry: Sendable {
    /// A session that can be ended from any thread.
    struct Entry: Sendable {
        fileprivate let session: PulseSession
        fileprivate let eventLoop: any EventLoop

        /// See ``PulseSession/leave()``.
        func leave() {
            eventLoop.execute { session.leave() }
        }
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ session: PulseSession, on connection: WebSocketConnection) {
        let entry = Entry(session: session, eventLoop: connection.eventLoop)
        let isClosed = state.withLock { state in
            state.entries[ObjectIdentifier(session)] = entry
            return state.isClosed
        }
        if isClosed { entry.leave() }
    }

    func remove(_ session: PulseSession) {
        _ = state.withLock { $0.entries.removeValue(forKey: ObjectIdentifier(session)) }
    }

    var all: [Entry] { state.withLock { Array($0.entries.values) } }

    /// Ends all sessions, and those that still come.
    func close() {
        let entries = state.withLock { state in
            state.isClosed = true
            return Array(state.entries.values)
        }
        for entry in entries { entry.leave() }
    }
}
