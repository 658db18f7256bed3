import PulseModel

/// Puts what a worker hears of commits into version order, and notices what it did not hear.
///
/// A pure state machine: its driver does what the returned actions say and tells it what came of them.
public struct Sequencer: Sendable {
    public enum Action: Sendable {
        /// Hand this on.
        case deliver(Delivery)
        /// Read a page of the log and report it with ``received(page:upTo:coverage:)``, or ``readFailed()``.
        case read(after: Version, upTo: Version)
        /// Commits of several workers overtake each other: wait a little for what is missing behind this version, and
        /// then report with ``waited(at:)``.
        case wait(at: Version)
    }

    /// What made it read the log.
    public enum Cause: Sendable, CaseIterable {
        /// A commit was not heard of, but one behind it was.
        case missingCommit
        /// A commit came without the content of a scope that is wanted.
        case missingContent
        /// The store's head was further than anything heard of.
        case headCheck
    }

    public struct Counts: Sendable, Hashable {
        /// Commits taken from the bus, and those that were known already.
        public var received = 0
        public var repeated = 0
        /// Stretches that were read from the log, by cause.
        public var healed: [Cause: Int] = [:]
    }

    /// Commits that may wait behind a gap, and their bytes. More are forgotten: the log has them.
    public static let maximumWaitingCommits = 256
    public static let maximumWaitingBytes = 32 << 20

    /// All versions up to here have been delivered.
    public private(set) var position: Version
    public private(set) var counts = Counts()
    private let coverage: @Sendable (_ missing: Set<Scope>) -> Interest.Generation?
    /// What cannot be delivered yet, in version order.
    private var waiting: [Commit] = []
    private var waitingBytes = 0
    /// The gap at which it waits for what is missing.
    private var awaited: Version?
    /// The last version of a stretch that is being read, and why it is.
    private var reading: (target: Version, cause: Cause)?
    /// The newest head that the store has told of.
    public private(set) var lastHead: Version

    /// - Parameter coverage: whom a delivery is complete for that lacks some scopes; see
    ///   ``Interest/coverage(without:)``. Asked in the order of deliveries, so that what they cover only grows.
    package init(position: Version, coverage: @escaping @Sendable (_ missing: Set<Scope>) -> Interest.Generation?) {
        self.position = position
        self.coverage = coverage
        lastHead = position
    }

    public mutating func received(_ commit: Commit) -> [Action] {
        guard commit.versions.upperBound > position else {
            counts.repeated += 1
            return []
        }
        counts.received += 1
        wait(commit)
        return advance()
    }

    /// The wait at `position` is over.
    public mutating func waited(at position: Version) -> [Action] {
        guard reading == nil, position == self.position, let next = waiting.first else { return [] }
        return [read(upTo: Version(next.versions.lowerBound.number - 1), because: .missingCommit)]
    }

    /// Compares the store's head with the position. What a bus loses at the end of its messages leaves no gap to be
    /// seen; it is found here, when the head that was there at one check has not been reached by the next.
    public mutating func observed(head: Version) -> [Action] {
        defer { lastHead = max(lastHead, head) }
        // No further than that head: what is newer may not be acknowledged yet, and its ack goes first.
        guard reading == nil, lastHead > position else { return [] }
        return [read(upTo: min(head, lastHead), because: .headCheck)]
    }

    /// Takes a page that was read, with the frames of it for connections that `coverage` covers.
    package mutating func received(
        page runs: [FrameRun], upTo reached: Version, coverage: Interest.Generation
    ) -> [Action] {
        guard let (target, cause) = reading else { return [] }
        position = max(position, reached)
        let delivery = Action.deliver(Delivery(runs, upTo: position, coverage: coverage))
        guard position >= target else { return [delivery, .read(after: position, upTo: target)] }
        reading = nil
        counts.healed[cause, default: 0] += 1
        return [delivery] + advance()
    }

    /// The log could not be read. The next head check tries again.
    public mutating func readFailed() {
        reading = nil
        awaited = nil
        waiting = []
        waitingBytes = 0
    }

    private mutating func wait(_ commit: Commit) {
        let hasRoom =
            waiting.count < Self.maximumWaitingCommits
            && waitingBytes + commit.byteCount <= Self.maximumWaitingBytes
        // What the others wait for makes room.
        guard hasRoom || (reading == nil && commit.versions.lowerBound <= position.next) else { return }
        let place = waiting.lastIndex { $0.versions.lowerBound <= commit.versions.lowerBound }
        waiting.insert(commit, at: place.map { $0 + 1 } ?? 0)
        waitingBytes += commit.byteCount
    }

    /// Delivers what waits, as far as it has no gap.
    private mutating func advance() -> [Action] {
        guard reading == nil else { return [] }
        var actions: [Action] = []
        while let commit = waiting.first {
            guard commit.versions.lowerBound <= position.next else {
                if awaited != position {
                    awaited = position
                    actions.append(.wait(at: position))
                }
                break
            }
            waiting.removeFirst()
            waitingBytes -= commit.byteCount
            if commit.versions.upperBound <= position {
                counts.repeated += 1
            } else if commit.versions.lowerBound == position.next, let coverage = coverage(commit.missing) {
                position = commit.versions.upperBound
                actions.append(
                    .deliver(Delivery(commit.runs, upTo: position, coverage: coverage, committed: commit.time)))
            } else {
                // Content comes ahead of the word that it has come, so what is missing now will not come any more. A
                // commit of which a part was delivered is not cut in pieces either.
                actions.append(read(upTo: commit.versions.upperBound, because: .missingContent))
                break
            }
        }
        return actions
    }

    private mutating func read(upTo target: Version, because cause: Cause) -> Action {
        reading = (target, cause)
        return .read(after: position, upTo: target)
    }
}
