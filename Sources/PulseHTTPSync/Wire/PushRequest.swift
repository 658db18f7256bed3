import PulseEngine
import PulseModel

/// A push as it came (`Protocol/offline-sync.yaml`, `Push`).
package struct PushRequest: Sendable {
    /// A change of a document.
    package struct Change: Sendable {
        package let collection: String
        package let id: DocumentID
        package let operation: DocumentChange.Operation
        /// The version that the client had seen, if any.
        package let parent: HybridTime?
        /// The group that it names.
        package let scopeID: String?
    }

    /// Nil where the client calls itself by no name that can be remembered: then a repeated push is judged anew.
    package let client: ClientID?
    package let changes: [Change]

    /// - Throws: ``SyncError``: what is wrong with it, all at once.
    package init(_ body: [UInt8], limits: JSONLimits, maximumChanges: Int) throws(SyncError) {
        let object = try BodyReader.object(in: body, limits: limits)
        var reader = BodyReader()
        client = reader.string("client_id", in: object, at: ["body"]).flatMap { ClientID($0) }
        var changes: [Change] = []
        let location: [RequestFault.Step] = ["body", "changes"]
        switch object["changes"] {
        case .array(let items):
            guard items.count <= maximumChanges else {
                throw .refused(.contentTooLarge, "At most \(maximumChanges) changes are taken in one push.")
            }
            if items.isEmpty { reader.note(.wrongValue(location, "changes must not be empty")) }
            for (index, item) in items.enumerated() {
                if let change = reader.change(item, at: location + [.index(index)]) { changes.append(change) }
            }
        case nil: reader.note(.missing(location))
        default:
            reader.note(
                RequestFault(location: location, message: "Input should be a valid list", type: "list_type"))
        }
        guard reader.faults.isEmpty else { throw .invalid(reader.faults) }
        self.changes = changes
    }
}

extension BodyReader {
    fileprivate mutating func change(_ value: JSONValue, at location: [RequestFault.Step]) -> PushRequest.Change? {
        guard let object = object(value, at: location) else { return nil }
        let collection = string("collection", in: object, at: location)
        let operation = operation(in: object, at: location)
        let id = documentID(in: object, at: location)
        let scopeID = optionalString("scope_id", in: object, at: location)
        var parent: HybridTime?
        if let text = optionalString("parent_version", in: object, at: location), !text.isEmpty {
            parent = HybridTime(text)
            if parent == nil { note(.wrongStamp(location + ["parent_version"], text)) }
        }
        guard let collection, let operation, let id else { return nil }
        return PushRequest.Change(
            collection: collection, id: id, operation: operation, parent: parent, scopeID: scopeID)
    }
}
