import PulseEngine
import PulseModel

/// What another service writes (`Protocol/offline-sync.yaml`, `Record`).
struct RecordRequest: Sendable {
    let change: DocumentChange
    /// Who writes, as the service says, for the log.
    let actor: String?

    /// - Throws: ``SyncError``.
    init(_ body: [UInt8], limits: JSONLimits, schema: Schema) throws(SyncError) {
        let object = try BodyReader.object(in: body, limits: limits)
        var reader = BodyReader()
        let collection = reader.string("collection", in: object, at: ["body"])
        let operation = reader.operation(in: object, at: ["body"])
        let id = reader.documentID(in: object, at: ["body"])
        let scopeID = reader.optionalString("scope_id", in: object, at: ["body"])
        actor = reader.optionalString("actor", in: object, at: ["body"])
        guard let collection, let operation, let id, reader.faults.isEmpty else { throw .invalid(reader.faults) }
        let model: Model
        do throws(CollectionDenial) {
            model = try schema.collection(collection)
        } catch {
            throw .denied(error.description)
        }
        guard let scope = model.scope(named: scopeID) else {
            throw .invalid([.wrongValue(["body", "scope_id"], "scope_id must be the id of a user or group")])
        }
        change = DocumentChange(of: model, id, in: scope, operation)
    }
}
