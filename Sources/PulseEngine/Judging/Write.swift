import PulseModel
import PulseWire

/// One wish to change a record.
public struct Write: Sendable {
    public enum Action: Sendable {
        /// New values for some fields, and for the soft-delete mark where it is not nil. Creates the record where
        /// there is none.
        case patch(FieldPatch, isDeleted: Bool?)
        /// Other values in the place of all there are, for a model that ``Model/isSchemaless``. Creates the record where
        /// there is none.
        case replace(FieldValues, isDeleted: Bool)
        /// Hard delete: leaves a tombstone.
        case erase
    }

    /// What the writer had seen of the record: what is older than the stored one is a conflict.
    public enum Basis: Sendable, Hashable {
        /// The writer means whatever is there.
        case anything
        case version(Version)
        /// A stamp, as the HTTP API has it; nil where the writer knows of no record. One that is newer than the stored
        /// one is the last writer's, who wins.
        case stamp(HybridTime?)
    }

    public let key: RecordKey
    public let basis: Basis
    /// Whose a new record is to be; nil where the author did not say and it is not clear.
    public let scope: Scope?
    public let action: Action
    /// Values that the server adds to what a client writes. They take no part in conflicts, nor in knowing an upload
    /// again.
    public let computed: FieldPatch?

    public init(key: RecordKey, basis: Basis, scope: Scope?, action: Action, computed: FieldPatch? = nil) {
        self.key = key
        self.basis = basis
        self.scope = scope
        self.action = action
        self.computed = computed
    }

    /// - Parameter base: the version that the writer had seen; nil where it means whatever is there.
    public init(key: RecordKey, base: Version?, scope: Scope?, action: Action, computed: FieldPatch? = nil) {
        self.init(
            key: key, basis: base.map(Basis.version) ?? .anything, scope: scope, action: action, computed: computed)
    }

    var byteCount: Int {
        switch action {
        case .patch(let patch, _): patch.byteCount + (computed?.byteCount ?? 0)
        case .replace(let fields, _): fields.bytes.count
        case .erase: 0
        }
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
    /// It is stored, although the writer had not seen the record as it was: a rule or the later stamp decided. Only for
    /// writes that name a stamp.
    case resolved(Record)
    /// It came before, in a push that was answered then: nothing changed.
    case answered(PushReceipt.Answer)
    /// It is stored already, or has nothing to add to what is stored: nothing changed, and nothing is lost.
    case repeated(Record)
    /// Somebody was faster; this is the record they left.
    case conflict(Record)
    case rejected(ItemError)

    /// Whether the writer may go on as if the write were done.
    var isWritten: Bool {
        switch self {
        case .accepted, .resolved, .repeated, .answered: true
        case .conflict, .rejected: false
        }
    }
}
