import PulseModel

/// Which records of a model are to leave the log: those that tell only of deletions, up to a version.
public struct LogPurge: Sendable, Hashable {
    public let model: ModelName
    /// Records of which more is left than this stay.
    public let remainder: Record.State
    /// The last version that may go.
    public let upTo: Version

    public init(_ model: ModelName, leaving remainder: Record.State = .erased, upTo: Version) {
        self.model = model
        self.remainder = remainder
        self.upTo = upTo
    }

    /// The states of the records that go.
    package var states: [Record.State] {
        [.erased, .deleted, .live].filter { $0.rawValue >= remainder.rawValue }
    }
}

extension Model {
    /// The most that may be left of a record that is a tombstone: soft-deleted records of a model are records still, but
    /// deleted documents are none, and what pushes were answered is of no use to anybody after a while.
    var tombstone: Record.State { self == .push ? .live : isSchemaless ? .deleted : .erased }
}
