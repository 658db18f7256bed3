import PulseModel
import PulseWire

extension Write {
    /// The version that the writer had seen, where it says so.
    public var base: Version? {
        if case .version(let version) = basis { version } else { nil }
    }

    /// What the collection's policy says against an update by stamp of what was deleted without the writer knowing.
    func refusal(on current: Record, of model: Model) -> WriteOutcome? {
        guard case .stamp(let parent) = basis, parent != current.stamp, current.state != .live, !isDelete else {
            return nil
        }
        switch model.conflicts.deletion {
        case .resurrect: return nil
        case .deleteWins: return .conflict(current)
        case .rejectUpdate:
            let name =
                switch model.isSchemaless ? current.documentID : nil {
                case .text(let text): text
                case .number(let number): "\(number)"
                case nil: "\(key.syncID)"
                }
            return .rejected(ItemError("Update rejected for deleted document: \(name)"))
        }
    }

    /// Whether it marks a record as deleted, or takes it away.
    var isDelete: Bool {
        switch action {
        case .erase: true
        case .patch(_, let isDeleted): isDeleted == true
        case .replace(_, let isDeleted): isDeleted
        }
    }
}

extension Write.Basis {
    /// The version of a record that the writer had seen; nil where it means whatever is there.
    func version(of current: Record, remembering memory: RecordHistory.Memory) -> Version? {
        switch self {
        case .anything: nil
        case .version(let version): version
        case .stamp(let parent?) where parent >= current.stamp: current.version
        case .stamp(let parent): parent.map(memory.version(at:)) ?? .zero
        }
    }

    /// The stamp that the writer had seen.
    func parent(of current: Record?) -> HybridTime? {
        switch self {
        case .anything, .version: current?.stamp
        case .stamp(let parent): parent
        }
    }

    /// Whether what the writer had seen is not what is stored.
    func isSurpassed(by current: Record) -> Bool {
        if case .stamp(let parent) = self { parent != current.stamp } else { false }
    }

    /// Whether the stored record may have been written by the very same write. Of writes by stamp the receipts tell.
    func isRepeated(in current: Record, by origin: Record.Origin) -> Bool {
        switch self {
        case .anything, .version: current.origin == origin
        case .stamp: false
        }
    }
}
