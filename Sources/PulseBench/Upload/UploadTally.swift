import NIOCore
import Synchronization

/// What all uploading connections of a run did, together.
final class UploadTally: Sendable {
    struct Counts: Sendable {
        // What came in the measured window.
        var acked = 0
        var conflicts = 0
        var errors = 0
        var echoes = 0
        /// Of the uploads that were meant to be sent in the measured window; what was never answered is charged with
        /// as long as it was waited for.
        var latency = Histogram()

        // In the whole run.
        var ackedInAll = 0
        var echoesInAll = 0
        var echoBytesInAll = 0
        /// Echoes that are due: each acked record once per connection of its user.
        var echoesExpected = 0
        /// Uploads sent, and neither answered nor given up.
        var onTheirWay = 0
        /// Uploads given up, those included that were due and could not be sent.
        var unanswered = 0
        /// Acks that do not fit the upload they should answer.
        var strayAcks = 0
        var errorFrames = 0
        var otherFrames = 0
        var lostConnections = 0
        /// The first thing that went wrong, as the server put it.
        var firstComplaint: String?
    }

    private struct State {
        var counts = Counts()
        var window = Window.none
    }

    private let state = Mutex(State())

    var counts: Counts { state.withLock { $0.counts } }

    /// Sets the part of the run that is measured.
    func measure(_ window: Window) {
        state.withLock { $0.window = window }
    }

    func sent() {
        state.withLock { $0.counts.onTheirWay += 1 }
    }

    func gaveUp(intended: NIODeadline, at now: NIODeadline, wasSent: Bool) {
        state.withLock {
            if wasSent { $0.counts.onTheirWay -= 1 }
            $0.counts.unanswered += 1
            guard $0.window.contains(intended) else { return }
            $0.counts.latency.record(nanoseconds: (now - intended).nanoseconds)
        }
    }

    func answered(_ ack: Ack, intended: NIODeadline, at now: NIODeadline, listeners: Int) {
        state.withLock {
            $0.counts.onTheirWay -= 1
            $0.counts.ackedInAll += ack.synced
            $0.counts.echoesExpected += ack.synced * listeners
            if $0.window.contains(intended) {
                $0.counts.latency.record(nanoseconds: (now - intended).nanoseconds)
            }
            guard $0.window.contains(now) else { return }
            $0.counts.acked += ack.synced
            $0.counts.conflicts += ack.conflicts
            $0.counts.errors += ack.errors
        }
    }

    func echo(bytes: Int, at now: NIODeadline) {
        state.withLock {
            $0.counts.echoesInAll += 1
            $0.counts.echoBytesInAll += bytes
            if $0.window.contains(now) { $0.counts.echoes += 1 }
        }
    }

    func strayAck() {
        state.withLock { $0.counts.strayAcks += 1 }
    }

    func otherFrame() {
        state.withLock { $0.counts.otherFrames += 1 }
    }

    func errorFrame() {
        state.withLock { $0.counts.errorFrames += 1 }
    }

    func complaint(_ text: UnsafeRawBufferPointer) {
        state.withLock {
            $0.counts.firstComplaint =
                $0.counts.firstComplaint ?? String(decoding: text.prefix(300), as: UTF8.self)
        }
    }

    func lost(_ error: BenchError) {
        state.withLock {
            $0.counts.lostConnections += 1
            if $0.counts.firstComplaint == nil { $0.counts.firstComplaint = error.description }
        }
    }
}

extension UploadTally.Counts {
    /// Whether so many records are stored, or something went wrong and nothing is on its way.
    func hasSettled(_ records: Int) -> Bool {
        ackedInAll >= records || (firstComplaint != nil && onTheirWay == 0)
    }
}
