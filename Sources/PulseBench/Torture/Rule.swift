/// What a server owes its clients, as the checker tells it apart.
package enum Rule: String, CaseIterable, Sendable {
    /// An acknowledged change is neither stored nor followed by a later one.
    case lost
    /// A version that was shown is not stored any more.
    case vanished
    /// One change has two versions.
    case repeated
    /// One version holds two changes.
    case reused
    /// Versions do not ascend: on a connection, or from what was shown to what was written after it.
    case order
    /// A phone that was told everything it asked for lacks a record, or has an old one.
    case skipped
    /// A phone was sent another user's record.
    case leaked
    /// A record is not what any one change made it.
    case torn
    /// A deleted record came back without having been restored.
    case undead
    /// A change was accepted on top of a version that was not the newest.
    case overwritten
    /// A change was refused that had to be taken.
    case refused
    /// An answer does not fit what was sent.
    case answer
    /// After a fault, or in the end, something was not answered or not delivered in time.
    case stuck
}

/// A rule that was seen broken.
package struct Finding: Sendable {
    package var rule: Rule
    package var said: String
    /// The record it is about, and the phone, if it is about one.
    package var record: RecordID?
    package var phone: Int?
    /// The changes that its history must show.
    package var changes: [Int]
    /// The kind of fault that went on when it came to light, or when the change it is about was sent.
    package var phase: Int
    /// Nanoseconds since the run began.
    package var at: Int64
}
