import NIOCore
import Synchronization

/// What the receivers of one event loop got.
package final class FanoutTally: Sendable {
    package struct Counts: Sendable {
        /// Deliveries of records whose intended send time lies in the measured window.
        var deliveries = 0
        var latency = Histogram()
        var lastDelivery = NIODeadline.distantPast
        /// All live pushes of this run that came in order, the warm-up's included.
        var pushes = 0
        var pushBytes = 0
        /// Pushes whose version was not above the one before: late ones, and ones that came again. They count as
        /// nothing else, so that a push that comes twice hides no other's loss.
        var orderViolations = 0
        /// Pushes without this run's marker or without a version.
        var foreignFrames = 0
        var lostConnections = 0
        var firstComplaint: String?
    }

    private struct State {
        var counts = Counts()
        var window: (from: Int64, to: Int64) = (.max, .max)
    }

    private let state = Mutex(State())

    package init() {}

    package var counts: Counts { state.withLock { $0.counts } }

    /// Sets the part of the run that is measured, in the clock that the markers are in.
    package func measure(from: NIODeadline, to: NIODeadline) {
        state.withLock { $0.window = (Int64(from.uptimeNanoseconds), Int64(to.uptimeNanoseconds)) }
    }

    @inline(__always)
    package func delivered(intended: Int64, bytes: Int, at now: NIODeadline, inOrder: Bool) {
        state.withLock {
            $0.counts.pushBytes += bytes
            guard inOrder else {
                $0.counts.orderViolations += 1
                return
            }
            $0.counts.pushes += 1
            guard intended >= $0.window.from, intended < $0.window.to else { return }
            $0.counts.deliveries += 1
            $0.counts.lastDelivery = max($0.counts.lastDelivery, now)
            $0.counts.latency.record(nanoseconds: Int64(now.uptimeNanoseconds) - intended)
        }
    }

    func foreignFrame() {
        state.withLock { $0.counts.foreignFrames += 1 }
    }

    func lost(_ error: BenchError) {
        state.withLock {
            $0.counts.lostConnections += 1
            if $0.counts.firstComplaint == nil { $0.counts.firstComplaint = error.description }
        }
    }
}

extension FanoutTally.Counts {
    mutating func merge(_ other: Self) {
        deliveries += other.deliveries
        latency.merge(other.latency)
        lastDelivery = max(lastDelivery, other.lastDelivery)
        pushes += other.pushes
        pushBytes += other.pushBytes
        orderViolations += other.orderViolations
        foreignFrames += other.foreignFrames
        lostConnections += other.lostConnections
        firstComplaint = firstComplaint ?? other.firstComplaint
    }
}
