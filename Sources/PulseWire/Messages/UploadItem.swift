import PulseModel

/// One item of an upload, as the client sent it (protocol section "Records").
public struct UploadItem: Sendable {
    private let payload: JSONValue

    init(_ payload: JSONValue) {
        self.payload = payload
    }

    /// The item's `sync_id` as the client wrote it, for the answer; null where it is no short string or number.
    public var echoedID: JSONValue {
        guard case .object(let object) = payload, let id = object["sync_id"] else { return .null }
        switch id {
        case .int: return id
        case .string(let text) where text.utf8.count <= 64: return id
        default: return .null
        }
    }

    /// What the item asks for, checked against its model; whether it may is for the engine to judge.
    ///
    /// - Throws: ``ItemError`` naming the field and the rule.
    public func change(of model: Model, by identity: Identity) throws(ItemError) -> ClientChange {
        guard case .object(let object) = payload else {
            throw ItemError("An item must be an object, is \(payload.kindName).")
        }
        if let fault = object.fault { throw ItemError(fault.description) }
        guard let id = object["sync_id"] else { throw ItemError("sync_id: is required") }
        guard case .string(let text) = id, let syncID = SyncID(text) else {
            throw ItemError("sync_id: must be a UUID")
        }
        do {
            return ClientChange(
                key: RecordKey(model: model.name, syncID: syncID),
                base: try object.base(),
                isDeleted: try object.isDeleted(),
                scope: try object.scope(in: model, of: identity),
                patch: try FieldPatch(
                    object.members, for: model, by: .client,
                    ignoring: { Field.reservedNames.contains($0) || $0 == model.claim }))
        } catch {
            throw ItemError(error.description)
        }
    }
}

/// A change that a client asks for.
public struct ClientChange: Sendable {
    public let key: RecordKey
    /// The version of the record that the client had when it changed it.
    public let base: Version
    /// Whether the record is to be soft-deleted; nil leaves it as it is.
    public let isDeleted: Bool?
    /// The scope that the item names or that is the only one it can mean.
    public let scope: Scope?
    public let patch: FieldPatch
}

/// Why one item of an upload was refused: the text that reaches the client in the answer.
public struct ItemError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}

extension JSONObject {
    fileprivate func base() throws(FieldError) -> Version {
        switch self["version"] {
        case nil, .null: .zero
        case .int(let number) where number >= 0: Version(number)
        default: throw FieldError(field: "version", "must be an integer and not negative")
        }
    }

    fileprivate func isDeleted() throws(FieldError) -> Bool? {
        switch self["is_deleted"] {
        case nil, .null: nil
        case .bool(let flag): flag
        case .int(let number) where number == 0 || number == 1: number == 1
        default: throw FieldError(field: "is_deleted", "must be true or false")
        }
    }

    /// The user and the group come from the connection. An item may repeat them and may choose among the
    /// connection's groups, and nothing else.
    fileprivate func scope(in model: Model, of identity: Identity) throws(FieldError) -> Scope? {
        switch self["user_id"] {
        case nil, .null: break
        case .string(let text) where text.utf8.elementsEqual(identity.user.text.utf8): break
        case .int(let number) where number == identity.user.number: break
        default: throw FieldError(field: "user_id", "must be your own")
        }
        let scopes = model.scopes(of: identity)
        guard let claim = model.claim, let value = self[claim], !value.isNull else {
            return scopes.count == 1 ? scopes[0] : nil
        }
        let text = value.identifierText ?? ""
        guard
            let scope = scopes.first(where: {
                if case .group(let group) = $0 { group.value.text.utf8.elementsEqual(text.utf8) } else { false }
            })
        else { throw FieldError(field: claim, "must be a group of yours") }
        return scope
    }
}

extension JSONValue {
    fileprivate var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

extension Model {
    /// The name of the claim that a group's records carry.
    var claim: String? {
        if case .group(let claim) = audience { claim.text } else { nil }
    }
}
