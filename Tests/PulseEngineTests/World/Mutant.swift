/// A way to get it wrong. The simulation must notice every one of them.
enum Mutant: String, CaseIterable, Sendable {
    /// A worker's position moves to the newest version it hears of, over a gap.
    case skipsGaps
    /// A commit that is heard twice is handed out twice.
    case handsOutRepeatedCommits
    /// One publication in a thousand is lost, and nobody looks at the head.
    case losesPublicationsUnnoticed
    /// A commit whose content did not come is taken for one without content.
    case takesMissingContentForNone
    /// A delivery counts as complete for connections whose scopes became wanted after it was put together.
    case coversLatecomers
    /// Pushes go to connections of every scope.
    case pushesIntoEveryScope
    /// Pushes do not wait for a delta's end.
    case pushesDuringDeltas
    /// The delta requests of one packet are answered one table after the other.
    case answersTableByTable
    /// A fresh connection gets news before it has asked for what it missed.
    case doesNotHold
    /// A page claims to reach farther than it does.
    case cutsPages
    /// Uploads are acked when they come, and written later.
    case acksBeforeCommit
    /// A commit is published before the store has taken it.
    case publishesBeforeCommit
    /// The next version is taken from somewhere else than the head.
    case leavesGapsInVersions
    /// Whose a stored record is does not count.
    case judgesWithoutScopes
    /// The winner of a conflict is sent as it was when it won, whatever has been sent since.
    case sendsWinnersFromMemory
    /// A hard delete leaves nothing in the log.
    case forgetsTombstones
}
