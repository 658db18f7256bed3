import NIOCore

/// What became of uploads that were sent at a fixed rate, by the time each was due.
package struct PacedTally: Sendable {
    /// One part of a run: the uploads that were due in it.
    package struct Phase: Sendable {
        fileprivate let from: NIODeadline
        /// Records.
        package fileprivate(set) var acked = 0
        /// From when an upload was due to its ack.
        package fileprivate(set) var latency = Histogram()
        /// From when an upload was due to when it left this client.
        package fileprivate(set) var lateness = Histogram()

        package mutating func merge(_ other: Phase) {
            acked += other.acked
            latency.merge(other.latency)
            lateness.merge(other.lateness)
        }
    }

    private let batch: Int
    /// Uploads that may wait for their ack; beyond that, due ones are skipped and counted.
    private let maximumUnanswered: Int
    private var onTheirWay = CircularBuffer<NIODeadline>()
    package private(set) var phases: [Phase] = []
    /// Records, in the whole run.
    package private(set) var acked = 0
    package private(set) var refused = 0
    /// Records that were not sent because too many waited for their ack.
    package private(set) var skipped = 0
    package private(set) var isLost = false
    package private(set) var firstComplaint: String?

    package init(batch: Int, maximumUnanswered: Int) {
        self.batch = batch
        self.maximumUnanswered = maximumUnanswered
    }

    /// Uploads.
    package var unanswered: Int { onTheirWay.count }

    /// Counts what is due from then on apart. Phases begin one after the other.
    package mutating func begin(phaseAt from: NIODeadline) {
        phases.append(Phase(from: from))
    }

    /// Notes that an upload leaves now.
    ///
    /// - Returns: false when it must not.
    package mutating func sends(due intended: NIODeadline, at now: NIODeadline) -> Bool {
        guard onTheirWay.count < maximumUnanswered else {
            skipped += batch
            return false
        }
        onTheirWay.append(intended)
        if let index = phase(of: intended) { phases[index].lateness.record(nanoseconds: (now - intended).nanoseconds) }
        return true
    }

    /// An answer, which stands for the oldest upload on its way.
    package mutating func answered(synced: Int, at now: NIODeadline, _ text: @autoclosure () -> String) {
        guard let intended = onTheirWay.popFirst() else { return }
        acked += synced
        refused += batch - synced
        if synced < batch { complain(text()) }
        guard let index = phase(of: intended) else { return }
        phases[index].acked += synced
        phases[index].latency.record(nanoseconds: (now - intended).nanoseconds)
    }

    package mutating func lost(_ error: BenchError) {
        isLost = true
        complain(error.description)
    }

    private mutating func complain(_ what: String) {
        firstComplaint = firstComplaint ?? what
    }

    private func phase(of intended: NIODeadline) -> Int? {
        phases.lastIndex { $0.from <= intended }
    }
}
