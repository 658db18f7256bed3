import PulseModel
import PulseWire

/// One wish to change a record.
public struct Write: Sendable {
    public enum Action: Sendable {
        /// New values for some fields, and for the soft-delete mark where it is not nil. Creates the record where
        /// there is none.
        case patch(FieldPatch, isDeleted: Bool?)
        /// Hard delete: leaves a tombstone.
        case erase
    }

    public let key: RecordKey
    /// The version of the record that the writer had seen: what is older than the stored one is a conflict. Nil
    /// where the writer means whatever is there.
    public let base: Version?
    /// Whose a new record is to be; nil where the author did not say and it is not clear.
    public let scope: Scope?
    public let action: Action
    /// Values that the server adds to what a client writes. They take no part in conflicts, nor in knowing an upload
    /// again.
    public let computed: FieldPatch?

    public init(key: RecordKey, base: Version?, scope: Scope?, action: Action, computed: FieldPatch? = nil) {
        self.key = key
        self.base = base
        self.scope = scope
        self.action = action
        self.computed = computed
    }

    var byteCount: Int {
        if case .patch(let patch, _) = action { patch.byteCount + (computed?.byteCount ?? 0) } else { 0 }
    }

    public init(_ change: ClientChange) {
        self.init(
            key: change.key, base: change.base, scope: change.scope,
            action: .patch(change.patch, isDeleted: change.isDeleted))
    }
}

/// Who wishes it.
public enum Author: Sendable {
    case client(Identity)
    /// The application's own code, which may write everywhere.
    case server
}

/// What became of a write.
public enum WriteOutcome: Sendable {
    /// It is stored; this is the record now.
    case accepted(Record)
    /// It is stored already, or has nothing to add to what is stored: nothing changed, and nothing is lost.
    case repeated(Record)
    /// Somebody was faster; this is the record they left.
    case conflict(Record)
    case rejected(ItemError)

    /// Whether the writer may go on as if the write were done.
    var isWritten: Bool {
        switch self {
        case .accepted, .repeated: true
        case .conflict, .rejected: false
        }
    }
}
