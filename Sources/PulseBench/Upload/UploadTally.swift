import NIOCore
import Synchronization

/// What all uploading connections of a run did, together.
final class UploadTally: Sendable {
    struct Counts: Sendable {
        // In the measured window.
        var acked = 0
        var conflicts = 0
        var errors = 0
        var echoes = 0
        var latency = Histogram()

        // In the whole run.
        var ackedInAll = 0
        var echoesInAll = 0
        var echoBytesInAll = 0
        /// Echoes that are due: each acked record once per connection of its user.
        var echoesExpected = 0
        /// Uploads sent and not answered.
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
        var window: (from: NIODeadline, to: NIODeadline) = (.distantFuture, .distantFuture)
    }

    private let state = Mutex(State())

    var counts: Counts { state.withLock { $0.counts } }

    /// Sets the part of the run that is measured.
    func measure(from: NIODeadline, to: NIODeadline) {
        state.withLock { $0.window = (from, to) }
    }

    func sent() {
        state.withLock { $0.counts.unanswered += 1 }
    }

    func answered(_ ack: Ack, sentAt: NIODeadline, at now: NIODeadline, listeners: Int) {
        state.withLock {
            $0.counts.unanswered -= 1
            $0.counts.ackedInAll += ack.synced
            $0.counts.echoesExpected += ack.synced * listeners
            guard now >= $0.window.from, now < $0.window.to else { return }
            $0.counts.acked += ack.synced
            $0.counts.conflicts += ack.conflicts
            $0.counts.errors += ack.errors
            $0.counts.latency.record(nanoseconds: (now - sentAt).nanoseconds)
        }
    }

    func echo(bytes: Int, at now: NIODeadline) {
        state.withLock {
            $0.counts.echoesInAll += 1
            $0.counts.echoBytesInAll += bytes
            if now >= $0.window.from, now < $0.window.to { $0.counts.echoes += 1 }
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
            if $0.counts.firstComplaint == nil {
                $0.counts.firstComplaint = String(decoding: text.prefix(300), as: UTF8.self)
            }
        }
    }

    func lost(_ error: BenchError, unanswered: Int) {
        state.withLock {
            $0.counts.lostConnections += 1
            $0.counts.unanswered -= unanswered
            if $0.counts.firstComplaint == nil { $0.counts.firstComplaint = error.description }
        }
    }
}
