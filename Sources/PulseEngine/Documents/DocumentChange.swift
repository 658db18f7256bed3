public import PulseModel

/// What a change of the HTTP API makes of one document (`Protocol/offline-sync.yaml`, `Change`).
public struct DocumentChange: Sendable {
    public enum Operation: Sendable {
        /// Of a schemaless collection the whole document is replaced; of a model with fields, those that are named are.
        /// What was deleted is there again.
        case upsert([JSONObject.Member])
        case delete
    }

    public let model: Model
    public let id: DocumentID
    /// Whose a new document is to be; nil where that is not clear, which a schemaless collection does not allow.
    public let scope: Scope?
    public let operation: Operation

    public init(of model: Model, _ id: DocumentID, in scope: Scope?, _ operation: Operation) {
        self.model = model
        self.id = id
        self.scope = scope
        self.operation = operation
    }

    /// - Parameter author: a client may not change fields that are read-only for it.
    /// - Throws: ``FieldError`` naming what does not fit the collection.
    public func write(basis: Write.Basis, by author: FieldPatch.Author) throws(FieldError) -> Write {
        Write(
            key: try model.key(of: id, in: scope), basis: basis, scope: scope,
            action: model.isSchemaless ? try replacement() : try patch(by: author))
    }

    private func replacement() throws(FieldError) -> Write.Action {
        switch operation {
        case .upsert(let members): .replace(try FieldValues(document: id, members), isDeleted: false)
        case .delete: .replace(FieldValues(deletedDocument: id), isDeleted: true)
        }
    }

    private func patch(by author: FieldPatch.Author) throws(FieldError) -> Write.Action {
        switch operation {
        case .upsert(let members):
            .patch(
                try FieldPatch(members, for: model, by: author, ignoring: FieldValues.isServers), isDeleted: false)
        case .delete: .patch(FieldPatch(for: model), isDeleted: true)
        }
    }
}

extension Model {
    /// What a document is stored under: of a model with fields, its id is the sync id.
    ///
    /// - Throws: ``FieldError`` when the model can have no such document.
    public func key(of id: DocumentID, in scope: Scope?) throws(FieldError) -> RecordKey {
        if isSchemaless {
            guard let scope else { throw FieldError(field: "scope_id", "is required: there are several groups") }
            return RecordKey(model: name, syncID: SyncID(of: id, in: scope))
        }
        guard case .text(let text) = id, let syncID = SyncID(text) else {
            throw FieldError(field: "doc_id", "must be a UUID in '\(name)'")
        }
        return RecordKey(model: name, syncID: syncID)
    }

    /// The scope that somebody means by the id of a user or a group; nil where it can be none of the model's.
    public func scope(named text: String?) -> Scope? {
        switch audience {
        case .global: .global
        case .user: text.flatMap(UserID.init).map(Scope.user)
        case .group(let claim):
            text.flatMap(GroupName.init).map { .group(GroupID(claim: claim, value: $0)) }
        }
    }
}
