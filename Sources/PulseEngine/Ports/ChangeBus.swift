import PulseModel

/// Tells all workers of a space what was committed.
///
/// A bus makes things fast, never correct: it may lose, repeat and reorder whatever it likes, because every worker
/// compares what it hears with the log. What it must not do is to call content complete that is not; see
/// ``Commit/missing``.
public protocol ChangeBus: Sendable {
    /// Hands a commit on, after it is durable. Never waits; what there is no room for is dropped.
    func publish(_ commit: Commit)

    /// Asks for the content of a scope, from some moment soon after this call. Never waits.
    func want(_ scope: Scope)

    /// Asks for a scope no more. Never waits.
    func unwant(_ scope: Scope)

    /// Calls `receive` with every commit that the bus delivers, this worker's own included, one at a time, until the
    /// task is cancelled. To be called once.
    func run(_ receive: @Sendable (Commit) async -> Void) async

    /// How the bus is doing.
    var report: BusReport { get }
}

/// How a bus is doing, and what it has done since it was made.
public struct BusReport: Sendable, Hashable {
    /// Why other workers cannot be heard or told just now, for operators; nil while they can.
    public var trouble: String?
    /// Commits handed to other workers.
    public var published = 0
    /// Commits that were dropped because they could not be handed on.
    public var dropped = 0
    /// Commits heard of from other workers.
    public var received = 0
    /// Scopes' contents that came with them.
    public var receivedScopes = 0
    /// How many times a lost connection was made again.
    public var reconnects = 0

    public init() {}
}
