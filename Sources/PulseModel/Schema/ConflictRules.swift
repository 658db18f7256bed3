/// What becomes of an upload that was made from an older version of the record than the stored one (protocol section
/// "Conflicts").
public struct ConflictRules: Sendable, Hashable {
    /// What counts as changed by both sides.
    public enum Merge: String, Sendable, Hashable, CaseIterable {
        /// Every field that the upload names and that is stored with another value.
        case record
        /// Only fields that the client and somebody else have both changed since the client's version; what one side
        /// alone has changed is taken from that side.
        case fields
    }

    /// What becomes of an update when the record was soft-deleted meanwhile, and of a soft delete when it was updated.
    /// An update never brings back what was hard-deleted: it is a conflict, or under ``deleteWins`` dropped.
    public enum Deletion: String, Sendable, Hashable, CaseIterable {
        /// The update of a deleted record is a conflict. The deletion of an updated one is judged by the model's policy.
        case rejectUpdate
        /// The record is live, whichever of the two came first. What an update says is stored unless it is a conflict.
        case resurrect
        /// The record is deleted, whichever of the two came first.
        case deleteWins
    }

    /// How long what a record was is remembered, for ``Merge/fields``, for counters, and to know an upload again that
    /// others have followed. A client that was away for longer is judged as if both sides had changed everything.
    public struct History: Sendable, Hashable {
        /// How many of its last versions.
        public var versions: Int
        /// And for how many days after each was superseded.
        public var days: Int

        public init(versions: Int = 32, days: Int = 30) {
            self.versions = versions
            self.days = days
        }
    }

    /// For fields that have no policy of their own: one of those that need no certain kind of field.
    public var policy: ConflictPolicy
    public var merge: Merge
    public var deletion: Deletion
    public var history: History

    public init(
        _ policy: ConflictPolicy = .reject, merge: Merge = .record, deletion: Deletion = .rejectUpdate,
        history: History = History()
    ) {
        self.policy = policy
        self.merge = merge
        self.deletion = deletion
        self.history = history
    }

    /// As django-pulse does: an older version is a conflict.
    public static let reject = ConflictRules()

    /// - Throws: ``SchemaError`` when they are not for a model of these fields.
    package func check(among fields: [Field]) throws(SchemaError) {
        switch policy {
        case .max, .min, .counter, .union:
            throw SchemaError("the conflict policy \(policy) is for single fields")
        case .reject, .serverWins, .clientWins, .lastWriter, .function:
            break
        }
        guard (1...1_000).contains(history.versions) else {
            throw SchemaError("a history of conflicts has 1 to 1000 versions")
        }
        guard (1...3_650).contains(history.days) else { throw SchemaError("a history of conflicts has 1 to 3650 days") }
        for policy in [policy] + fields.compactMap(\.conflict) { try policy.check(among: fields) }
    }
}

extension ConflictPolicy {
    /// - Throws: ``SchemaError`` when the last writer cannot be told by the field that the policy names.
    package func check(among fields: [Field]) throws(SchemaError) {
        guard case .lastWriter(let name) = self else { return }
        guard let field = fields.first(where: { $0.name == name }) else {
            throw SchemaError("there is no field '\(name)' to tell the last writer by")
        }
        guard field.kind.isMeasurable else {
            throw SchemaError(
                "field '\(name)' cannot tell the last writer: it must be an int, double, decimal, date or dateTime")
        }
    }
}
