import PulseModel

/// Puts what a worker hears of commits into version order, and notices what it did not hear.
///
/// A pure state machine: its driver does what the returned actions say and tells it what came of them.
public struct Sequencer: Sendable {
    public enum Action: Sendable {
        /// Hand these records on: with them, everything up to `upTo` has been delivered.
        case deliver([Record], upTo: Version)
        /// Read a page of the log and report it with ``received(page:)``, or ``readFailed()``.
        case read(after: Version, upTo: Version)
    }

    /// Commits that may wait behind a gap. More are forgotten: the log has them.
    public static let maximumWaitingCommits = 256

    /// All versions up to here have been delivered.
    public private(set) var position: Version
    private var waiting: [Commit] = []
    /// The last version of a gap that is being read.
    private var target: Version?
    private var lastHead: Version

    public init(position: Version) {
        self.position = position
        lastHead = position
    }

    public mutating func received(_ commit: Commit) -> [Action] {
        guard commit.versions.upperBound > position else { return [] }
        guard target == nil, commit.versions.lowerBound <= position.next else {
            wait(commit)
            return target == nil ? [read(upTo: Version(commit.versions.lowerBound.number - 1))] : []
        }
        return [deliver(commit)]
    }

    /// Compares the store's head with the position. What a bus loses at the end of its messages leaves no gap to be
    /// seen; it is found here, when the head that was there at one check has not been reached by the next.
    public mutating func observed(head: Version) -> [Action] {
        defer { lastHead = max(lastHead, head) }
        // No further than that head: what is newer may not be acknowledged yet, and its ack goes first.
        guard target == nil, lastHead > position else { return [] }
        return [read(upTo: min(head, lastHead))]
    }

    public mutating func received(page: LogPage) -> [Action] {
        guard let target else { return [] }
        let records = page.records.filter { $0.version > position }
        position = max(position, page.reached)
        var actions: [Action] = [.deliver(records, upTo: position)]
        if position < target {
            actions.append(.read(after: position, upTo: target))
            return actions
        }
        self.target = nil
        let commits = waiting.sorted { $0.versions.lowerBound < $1.versions.lowerBound }
        waiting = []
        for commit in commits { actions += received(commit) }
        return actions
    }

    /// The log could not be read. The next head check tries again.
    public mutating func readFailed() {
        target = nil
        waiting = []
    }

    private mutating func wait(_ commit: Commit) {
        if waiting.count < Self.maximumWaitingCommits { waiting.append(commit) }
    }

    private mutating func read(upTo: Version) -> Action {
        target = upTo
        return .read(after: position, upTo: upTo)
    }

    private mutating func deliver(_ commit: Commit) -> Action {
        let records =
            commit.versions.lowerBound > position ? commit.records : commit.records.filter { $0.version > position }
        position = commit.versions.upperBound
        return .deliver(records, upTo: position)
    }
}
