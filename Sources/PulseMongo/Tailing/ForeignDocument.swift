import PulseEngine
import PulseModel

/// What another program has written into the collection of a model, as a write of the server's own.
///
/// A document that is no record yet belongs to whom its `user_id`, its group's claim or its `_sync_scope_id` says, and is
/// deleted where `is_deleted` or `_sync_deleted` is true. One that is a record has what it was changed to.
struct ForeignDocument {
    let key: RecordKey
    private let scope: Scope
    private let action: Write.Action
    /// Whether the record's document takes the place of this one, whose `_id` is another.
    let isMoved: Bool

    /// - Returns: nil where the document is a record as this program wrote it.
    /// - Throws: ``Problem`` where it is none of the model's.
    init?(_ bytes: UnsafeRawBufferPointer, of model: Model, _ layout: ModelLayout) throws(Problem) {
        do {
            var details: BSONElement?
            var elements: [BSONElement] = []
            var reader = try BSONReader(bytes)
            while let element = try reader.next() {
                if element.has("_sync") { details = element } else { elements.append(element) }
            }
            guard details == nil else {
                let (record, isOurs) = try layout.read(bytes)
                guard !isOurs else { return nil }
                try self.init(changed: record, of: model)
                return
            }
            try self.init(new: elements, of: model)
        } catch let problem as Problem {
            throw problem
        } catch let error as BSONError {
            throw Problem(message: error.message)
        } catch {
            throw Problem(message: "\(error)")
        }
    }

    /// Why a document cannot be taken over.
    struct Problem: Error {
        let message: String
    }

    private init(changed record: Record, of model: Model) throws {
        let object = try Self.object(record.fields.bytes)
        let isDeleted = record.state != .live || object["_sync_deleted"] == .bool(true)
        (key, scope) = (record.key, record.scope)
        action = try Self.action(object.members, record.documentID, isDeleted: isDeleted, of: model)
        isMoved = false
    }

    private init(new elements: [BSONElement], of model: Model) throws {
        var json = JSONWriter()
        json.raw("{")
        for (index, element) in elements.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(String(decoding: element.key, as: UTF8.self))
            json.raw(":")
            try FieldForm.write(element, to: &json)
        }
        json.raw("}")
        guard case .object(let object) = try JSONValue.parse(json.bytes, limits: .history) else { throw BSONError() }
        guard let scope = Self.scope(of: object, in: model) else {
            throw Problem(message: "it does not say whose it is")
        }
        self.scope = scope
        let isDeleted = object["_sync_deleted"] == .bool(true) || object["is_deleted"] == .bool(true)
        let named = elements.first { $0.has("_id") }
        if model.isSchemaless {
            guard let id = object["_id"].flatMap(DocumentID.init) else {
                throw Problem(message: "its _id is neither a text nor an integer nor an ObjectId")
            }
            key = RecordKey(model: model.name, syncID: SyncID(of: id, in: scope))
            action = try Self.action(object.members, id, isDeleted: isDeleted, of: model)
            isMoved = true
        } else {
            guard let syncID = named?.uuid ?? named?.string.flatMap({ SyncID($0) }) else {
                throw Problem(message: "its _id is no UUID")
            }
            key = RecordKey(model: model.name, syncID: syncID)
            action = try Self.action(object.members, nil, isDeleted: isDeleted, of: model)
            isMoved = named?.uuid == nil
        }
    }

    /// - Parameter base: the version of the record that it changes; zero where there is none.
    func write(from base: Version) -> Write {
        Write(key: key, base: base, scope: scope, action: action)
    }

    /// Whether a record that stands beside the document says the same.
    func isWritten(in record: Record, of model: Model) -> Bool {
        switch action {
        case .replace(let fields, let isDeleted): record.fields == fields && (record.state != .live) == isDeleted
        case .patch(let patch, let isDeleted):
            (record.state != .live) == isDeleted && (try? record.fields.merged(with: patch, in: model)) == record.fields
        case .erase: false
        }
    }

    private static func action(
        _ members: [JSONObject.Member], _ id: DocumentID?, isDeleted: Bool, of model: Model
    ) throws(FieldError) -> Write.Action {
        guard let id, model.isSchemaless else {
            let patch = try FieldPatch(members, for: model, by: .server) { name in
                FieldValues.isServers(name) || Field.isReserved(name) || model.isGroupClaim(name)
            }
            return .patch(patch, isDeleted: isDeleted)
        }
        return .replace(
            try isDeleted ? FieldValues(deletedDocument: id) : FieldValues(document: id, members), isDeleted: isDeleted)
    }

    private static func object(_ members: [UInt8]) throws -> JSONObject {
        let json = [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")]
        guard case .object(let object) = try JSONValue.parse(json, limits: .history) else { throw BSONError() }
        return object
    }

    private static func scope(of object: JSONObject, in model: Model) -> Scope? {
        let name: String? =
            switch model.audience {
            case .global: nil
            case .user: "user_id"
            case .group(let claim): claim.text
            }
        let owner = name.flatMap { object[$0]?.identifierText }
        return model.scope(named: owner ?? object["_sync_scope_id"]?.identifierText)
    }
}

extension Model {
    fileprivate func isGroupClaim(_ name: String) -> Bool {
        if case .group(let claim) = audience { claim.text == name } else { false }
    }
}
