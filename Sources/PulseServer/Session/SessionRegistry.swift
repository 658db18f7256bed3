import NIOCore
import PulseEngine
import PulseModel
import Synchronization

/// The sessions of a worker: to end them all when it shuts down, and those of one user when an operator says so.
final class SessionRegistry: Sendable {
    /// A session that can be ended from any thread.
    struct Entry: Sendable {
        fileprivate let session: any AdmittedSession
        fileprivate let eventLoop: any EventLoop

        /// See ``AdmittedSession/leave()``.
        func leave() {
            eventLoop.execute { session.leave() }
        }
    }

    private struct State {
        var users: [UserID: [ObjectIdentifier: Entry]] = [:]
        var isClosed = false

        var all: [Entry] { users.values.flatMap(\.values) }
    }

    private let state = Mutex(State())

    func add(_ session: any AdmittedSession, on connection: WebSocketConnection) {
        let entry = Entry(session: session, eventLoop: connection.eventLoop)
        let isClosed = state.withLock { state in
            state.users[session.identity.user, default: [:]][ObjectIdentifier(session)] = entry
            return state.isClosed
        }
        if isClosed { entry.leave() }
    }

    func remove(_ session: any AdmittedSession) {
        let user = session.identity.user
        state.withLock { state in
            state.users[user]?[ObjectIdentifier(session)] = nil
            if state.users[user]?.isEmpty == true { state.users[user] = nil }
        }
    }

    var all: [Entry] { state.withLock(\.all) }

    /// Connections of a user, or of all.
    func count(of user: UserID?) -> Int {
        state.withLock { state in
            user.map { state.users[$0]?.count ?? 0 } ?? state.users.values.reduce(0) { $0 + $1.count }
        }
    }

    /// Does with a user's connections what an operator has decided; see ``AdmittedSession/follow(_:)``.
    func follow(_ revocation: Revocation) {
        for entry in state.withLock({ $0.users[revocation.user].map { Array($0.values) } ?? [] }) {
            entry.eventLoop.execute { entry.session.follow(revocation) }
        }
    }

    /// Ends all sessions, and those that still come.
    func close() {
        let entries = state.withLock { state in
            state.isClosed = true
            return state.all
        }
        for entry in entries { entry.leave() }
    }
}
