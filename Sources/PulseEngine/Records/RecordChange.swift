import PulseModel

/// One of several writes of the application that are made in one commit.
public struct RecordChange: Sendable {
    enum Action: Sendable {
        case create(Scope, [String: JSONValue])
        case update([String: JSONValue])
        case softDelete
        case hardDelete
    }

    let model: ModelName
    let syncID: SyncID
    let base: Version?
    let action: Action

    /// A new record. Fields that are not named take their defaults.
    public static func create(
        _ model: ModelName, in scope: Scope, syncID: SyncID = .random(), _ fields: [String: JSONValue]
    ) -> RecordChange {
        RecordChange(model: model, syncID: syncID, base: .zero, action: .create(scope, fields))
    }

    /// New values for the named fields of a record.
    ///
    /// - Parameter base: the version that the change was made from, for it to fail when somebody was faster; nil to
    ///   change whatever is there.
    public static func update(
        _ model: ModelName, _ syncID: SyncID, from base: Version? = nil, _ fields: [String: JSONValue]
    ) -> RecordChange {
        RecordChange(model: model, syncID: syncID, base: base, action: .update(fields))
    }

    /// Marks a record as deleted. It stays, and clients get it with `is_deleted`.
    public static func softDelete(_ model: ModelName, _ syncID: SyncID, from base: Version? = nil) -> RecordChange {
        RecordChange(model: model, syncID: syncID, base: base, action: .softDelete)
    }

    /// Removes a record for good. A tombstone tells clients that come later.
    public static func hardDelete(_ model: ModelName, _ syncID: SyncID, from base: Version? = nil) -> RecordChange {
        RecordChange(model: model, syncID: syncID, base: base, action: .hardDelete)
    }

    /// - Throws: ``RecordsError``, `invalid`, naming what does not fit the schema.
    func write(in schema: Schema) throws(RecordsError) -> Write {
        guard let model = schema[model] else { throw .invalid("There is no model '\(model)'.") }
        // A document is replaced as a whole, and deleted under its own id.
        guard !model.isSchemaless else {
            throw .invalid("'\(model.name)' is a collection of documents, which are put and removed.")
        }
        let key = RecordKey(model: model.name, syncID: syncID)
        switch action {
        case .create(let scope, let fields):
            return Write(
                key: key, base: base, scope: scope, action: .patch(try Self.patch(fields, of: model), isDeleted: nil))
        case .update(let fields):
            return Write(
                key: key, base: base, scope: nil, action: .patch(try Self.patch(fields, of: model), isDeleted: nil))
        case .softDelete:
            return Write(key: key, base: base, scope: nil, action: .patch(FieldPatch(for: model), isDeleted: true))
        case .hardDelete:
            return Write(key: key, base: base, scope: nil, action: .erase)
        }
    }

    private static func patch(_ fields: [String: JSONValue], of model: Model) throws(RecordsError) -> FieldPatch {
        do {
            let members = fields.map { JSONObject.Member(key: $0.key, value: $0.value) }
            return try FieldPatch(members, for: model, by: .server, ignoring: { _ in false })
        } catch {
            throw .invalid(error.description)
        }
    }
}
