import PulseEngine
import PulseModel

/// A model of an application, with the application's own code for it.
public struct ModelRegistration: Sendable {
    let model: Model
    let hooks: ModelHooks?

    /// Registers a model.
    ///
    /// Hooks concern clients; what the application itself writes passes them by. They run before the commit, outside
    /// its transaction, and may wait for whatever they like, until the deadline.
    ///
    /// - Parameters:
    ///   - access: which of the users whose scope it is may read and write it, by user, group and claim.
    ///   - synchronization: how long deletions are told of, and whether all records may be asked for at once.
    ///   - incoming: looks at a change that a client has uploaded: lets it pass, alters its record, or throws
    ///     a `Rejection`, whose message reaches the client. Whatever else it throws is logged, and fails that item
    ///     alone. A repeated upload is looked at again, so fields that the client names must come out the same.
    ///   - mayAccess: whether a user whom the rules let in may see the model; asked when a client connects.
    ///   - merge: brings an upload and a stored record together where the conflict policy is `function`: returns a record
    ///     whose values of the disputed fields are stored, or nil to call it a conflict. A pure and quick function: it
    ///     runs inside the commit.
    ///   - deadline: how long `incoming` and `mayAccess` may take.
    /// - Precondition: `merge` is there if and only if a conflict policy of the model is `function`; the retention of
    ///   `synchronization` is in its range.
    public static func model<Value: SyncModel>(
        _ type: Value.Type, access: AccessRules = AccessRules(),
        synchronization: SynchronizationRules = SynchronizationRules(),
        incoming: (@Sendable (inout Incoming<Value>) async throws -> Void)? = nil,
        mayAccess: (@Sendable (Identity) async throws -> Bool)? = nil,
        merge: (@Sendable (MergeConflict<Value>) -> Value?)? = nil, deadline: Duration = .seconds(5)
    ) -> ModelRegistration {
        let model = declared { () throws(SchemaError) in try Value.model.with(access, synchronization) }
        if model.usesFunction != (merge != nil) {
            fatalError("\(Value.self): a merge function and the conflict policy 'function' go together")
        }
        guard incoming != nil || mayAccess != nil || merge != nil else {
            return ModelRegistration(model: model, hooks: nil)
        }
        var hooks = ModelHooks(mayAccess: mayAccess, deadline: deadline)
        if let incoming { hooks.incoming = { change in try await pass(&change, through: incoming) } }
        if let merge { hooks.resolve = { conflict in resolve(conflict, by: merge) } }
        return ModelRegistration(model: model, hooks: hooks)
    }

    /// Registers a collection of documents: any JSON objects, which clients of the HTTP API sync and the application
    /// reads and writes as ``Records`` does.
    ///
    /// Hooks concern clients, and are called as those of ``model(_:access:synchronization:incoming:mayAccess:merge:deadline:)``.
    ///
    /// - Parameters:
    ///   - deletion: what becomes of an update from before the document was deleted.
    ///   - access: which of the users whose scope it is may read and write it, by user, group and claim.
    ///   - synchronization: how long deletions are told of, and whether all documents may be asked for at once.
    ///   - incoming: looks at a change that a client has pushed, and lets it pass, alters it, or throws a `Rejection`.
    ///   - mayAccess: whether a user whom the rules let in may see the collection; asked when a client connects.
    ///   - resolve: makes one document of a pushed and a stored one where both have changed, or returns nil to reject
    ///     the pushed one. A pure and quick function: it runs inside the commit.
    ///   - deadline: how long `incoming` and `mayAccess` may take.
    /// - Precondition: `name` is a model's name, and the retention is in its range.
    public static func collection(
        _ name: StaticString, scope: Model.Audience = .user, deletion: ConflictRules.Deletion = .resurrect,
        access: AccessRules = AccessRules(), synchronization: SynchronizationRules = .documents,
        incoming: (@Sendable (inout IncomingChange) async throws -> Void)? = nil,
        mayAccess: (@Sendable (Identity) async throws -> Bool)? = nil, resolve: RecordConflict.Resolution? = nil,
        deadline: Duration = .seconds(5)
    ) -> ModelRegistration {
        let model = declared { () throws(SchemaError) in
            try Model(
                collection: ModelName(declared: name), audience: scope, deletion: deletion, access: access,
                synchronization: synchronization)
        }
        guard incoming != nil || mayAccess != nil || resolve != nil else {
            return ModelRegistration(model: model, hooks: nil)
        }
        return ModelRegistration(
            model: model,
            hooks: ModelHooks(incoming: incoming, mayAccess: mayAccess, resolve: resolve, deadline: deadline))
    }

    /// A model that stands in the program.
    private static func declared(_ make: () throws(SchemaError) -> Model) -> Model {
        do {
            return try make()
        } catch {
            fatalError("\(error)")
        }
    }

    private static func pass<Value: SyncModel>(
        _ change: inout IncomingChange, through hook: (inout Incoming<Value>) async throws -> Void
    ) async throws {
        var incoming = try Incoming<Value>(change)
        let before = try incoming.record.members()
        try await hook(&incoming)
        for (member, old) in zip(try incoming.record.members(), before) where member != old {
            change.values[member.key] = member.value
        }
    }

    private static func resolve<Value: SyncModel>(
        _ conflict: RecordConflict, by merge: (MergeConflict<Value>) -> Value?
    ) -> [String: JSONValue]? {
        guard let typed = try? MergeConflict<Value>(conflict), let members = try? merge(typed)?.members() else {
            return nil
        }
        let disputed = members.filter { conflict.fields.contains($0.key) }
        return Dictionary(uniqueKeysWithValues: disputed.map { ($0.key, $0.value) })
    }
}

extension [ModelRegistration] {
    /// The schema that the models make.
    ///
    /// - Throws: `SchemaError` when they make none.
    package func schema() throws(SchemaError) -> Schema {
        try Schema(map(\.model))
    }

    /// The application's own code, by model.
    package var hooks: [ModelName: ModelHooks] {
        let hooks = compactMap { model in model.hooks.map { (model.model.name, $0) } }
        return Dictionary(hooks, uniquingKeysWith: { first, _ in first })
    }
}

extension Model {
    fileprivate var usesFunction: Bool {
        conflicts.policy == .function || fields.contains { $0.conflict == .function }
    }
}
