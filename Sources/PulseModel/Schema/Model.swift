/// A kind of record: its name, whose its records are, and its fields in the order in which they travel.
public struct Model: Sendable, Hashable {
    /// Whose the records of a model are.
    public enum Audience: Sendable, Hashable {
        /// Each record is one user's.
        case user
        /// Each record is a group's: the users who carry one value of this claim.
        case group(by: ClaimName)
        /// All records are everybody's.
        case global
    }

    /// What becomes of a field in an upload that the model does not have.
    public enum UnknownFields: String, Sendable, Hashable, CaseIterable {
        /// The item fails, naming the field, as in django-pulse.
        case reject
        /// It is stored and sent behind the declared fields.
        case keep
        /// It is dropped in silence.
        case drop
    }

    public let name: ModelName
    public let audience: Audience
    public let fields: [Field]
    public let unknownFields: UnknownFields
    public let conflicts: ConflictRules
    public let access: AccessRules
    /// Whether an upload from an older version can be anything but a conflict. Then the records remember what they
    /// were: what only one side has changed is told by that, and an upload that comes again.
    public let mergesConflicts: Bool
    /// Whether its records are documents: any JSON object, under an id of the writer's own choice, replaced as a whole.
    /// They are for the HTTP API and for the server's own code; clients of the pulse protocol do not see them.
    public let isSchemaless: Bool
    public let synchronization: SynchronizationRules

    /// - Throws: ``SchemaError`` when two fields have one name, be it in another case: devices keep fields as columns,
    ///   and SQL does not tell those apart.
    public init(
        _ name: ModelName, audience: Audience, fields: [Field], unknownFields: UnknownFields = .reject,
        conflicts: ConflictRules = .reject, access: AccessRules = AccessRules(),
        synchronization: SynchronizationRules = SynchronizationRules()
    ) throws(SchemaError) {
        try Self.check(synchronization, of: name)
        var seen: Set<String> = []
        for field in fields where !seen.insert(field.name.lowercased()).inserted {
            throw SchemaError("model '\(name)': two fields are called '\(field.name)'")
        }
        if case .group(let claim) = audience,
            seen.contains(claim.text.lowercased()) || Field.isReserved(claim.text)
        {
            throw SchemaError("model '\(name)': a field has the name of the group's claim '\(claim)'")
        }
        do {
            try conflicts.check(among: fields)
        } catch {
            throw SchemaError("model '\(name)': \(error.message)")
        }
        self.name = name
        self.audience = audience
        self.fields = fields
        self.unknownFields = unknownFields
        self.conflicts = conflicts
        self.access = access
        self.synchronization = synchronization
        isSchemaless = false
        mergesConflicts =
            conflicts.policy != .reject || conflicts.merge == .fields || conflicts.deletion != .rejectUpdate
            || fields.contains { ($0.conflict ?? .reject) != .reject }
    }

    /// A collection of documents; see ``isSchemaless``.
    ///
    /// - Parameter deletion: what becomes of an update from before the document was deleted.
    /// - Throws: ``SchemaError`` when the tombstones' retention is out of range.
    public init(
        collection name: ModelName, audience: Audience, deletion: ConflictRules.Deletion = .resurrect,
        access: AccessRules = AccessRules(),
        synchronization: SynchronizationRules = .documents
    ) throws(SchemaError) {
        try Self.check(synchronization, of: name)
        self.name = name
        self.audience = audience
        self.access = access
        self.synchronization = synchronization
        fields = []
        unknownFields = .keep
        conflicts = ConflictRules(.reject, deletion: deletion)
        mergesConflicts = false
        isSchemaless = true
    }

    /// Who is right about a field: what it says itself, else what the model says. But the field that tells the last
    /// writer goes with the last writer.
    public func conflictPolicy(of field: Field) -> ConflictPolicy {
        if let policy = field.conflict { return policy }
        let tells = ([conflicts.policy] + fields.compactMap(\.conflict)).contains(.lastWriter(by: field.name))
        return tells ? .max : conflicts.policy
    }

    private static func check(_ rules: SynchronizationRules, of name: ModelName) throws(SchemaError) {
        do {
            try rules.check()
        } catch {
            throw SchemaError("model '\(name)': \(error.message)")
        }
    }

    /// The same model under other rules of access and synchronization.
    ///
    /// - Throws: ``SchemaError`` when the tombstones' retention is out of range.
    public func with(_ access: AccessRules, _ synchronization: SynchronizationRules) throws(SchemaError) -> Model {
        try Self.check(synchronization, of: name)
        return Model(self, access, synchronization)
    }

    private init(_ model: Model, _ access: AccessRules, _ synchronization: SynchronizationRules) {
        name = model.name
        audience = model.audience
        fields = model.fields
        unknownFields = model.unknownFields
        conflicts = model.conflicts
        mergesConflicts = model.mergesConflicts
        isSchemaless = model.isSchemaless
        self.access = access
        self.synchronization = synchronization
    }

    /// The place of a field among ``fields``.
    public func index(ofField name: String) -> Int? {
        fields.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// The scopes of this model that an identity may read, and write unless it is read-only for it.
    public func scopes(of identity: Identity) -> [Scope] {
        guard !identity.withheld.contains(name) else { return [] }
        return switch audience {
        case .global: [.global]
        case .user: [.user(identity.user)]
        case .group(let claim): identity.groups.filter { $0.claim == claim }.map(Scope.group)
        }
    }
}
