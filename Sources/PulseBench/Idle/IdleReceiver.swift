import NIOCore
import Synchronization

/// What became of idle connections.
final class IdleTally: Sendable {
    private let state = Mutex((lost: 0, frames: 0, firstComplaint: String?.none))

    var lost: Int { state.withLock { $0.lost } }
    var frames: Int { state.withLock { $0.frames } }
    var firstComplaint: String? { state.withLock { $0.firstComplaint } }

    func lost(_ error: BenchError) {
        state.withLock {
            $0.lost += 1
            $0.firstComplaint = $0.firstComplaint ?? error.description
        }
    }

    func frame() {
        state.withLock { $0.frames += 1 }
    }
}

/// A connection that does nothing after it went live.
final class IdleReceiver: MessageReceiver {
    private let table: String?
    private let tally: IdleTally

    /// - Parameter table: what to ask for once, as a client would; nil asks for nothing.
    init(table: String?, tally: IdleTally) {
        self.table = table
        self.tally = tally
    }

    func opened(_ link: Link) {
        if let table { link.requestDelta(of: table) }
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        tally.frame()
    }

    func lost(_ error: BenchError) {
        tally.lost(error)
    }
}
