import NIOCore
import Synchronization

/// What became of connections that were opened by the clock.
final class ConnectTally: Sendable {
    struct Counts: Sendable {
        var opened = 0
        var failed = 0
        var lost = 0
        /// From the intended time to the server's acceptance; what failed is charged with as long as it was waited for.
        var latency = Histogram()
        /// How late after its intended time a connection was begun.
        var lateness = Histogram()
        var lastOpened = NIODeadline.distantPast
        var firstComplaint: String?
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func began(intended: NIODeadline, at now: NIODeadline) {
        state.withLock { $0.lateness.record(nanoseconds: (now - intended).nanoseconds) }
    }

    func opened(intended: NIODeadline, at now: NIODeadline) {
        state.withLock {
            $0.opened += 1
            $0.latency.record(nanoseconds: (now - intended).nanoseconds)
            $0.lastOpened = max($0.lastOpened, now)
        }
    }

    func failed(_ error: any Error, intended: NIODeadline, at now: NIODeadline) {
        state.withLock {
            $0.failed += 1
            $0.latency.record(nanoseconds: (now - intended).nanoseconds)
            $0.firstComplaint = $0.firstComplaint ?? "\(error)"
        }
    }

    func lost(_ error: BenchError) {
        state.withLock {
            $0.lost += 1
            $0.firstComplaint = $0.firstComplaint ?? "\(error)"
        }
    }
}

/// A connection of which only its opening counts.
final class ConnectReceiver: MessageReceiver {
    private let intended: NIODeadline
    private let table: String?
    private let tally: ConnectTally

    /// - Parameter table: what to ask for once, as a client would; nil asks for nothing.
    init(intended: NIODeadline, table: String?, tally: ConnectTally) {
        self.intended = intended
        self.table = table
        self.tally = tally
    }

    func opened(_ link: Link) {
        tally.opened(intended: intended, at: .now())
        if let table { link.requestDelta(of: table) }
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {}

    func lost(_ error: BenchError) {
        tally.lost(error)
    }
}
