import PulseModel

/// The key of another model's record. Nobody checks that there is such a record: offline, the order of arrival is free.
public enum Reference<Target: SyncModel>: Sendable, Hashable {
    /// By the id that every device knows.
    case syncID(SyncID)
    /// By the number that the server gave it.
    case id(Int64)

    /// The key of a record, saved or not.
    public init(_ target: Target) {
        self = .syncID(target.syncID)
    }
}

extension Reference: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .reference(to: Target.modelName))
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        switch json {
        case .int(let id): self = .id(id)
        case .string(let text):
            guard let syncID = SyncID(text) else { throw FieldError("must be the sync id or the id of a record") }
            self = .syncID(syncID)
        default: throw json.mismatch("a key: an integer or a string")
        }
    }

    public func fieldJSON() -> JSONValue {
        switch self {
        case .syncID(let syncID): .string(syncID.description)
        case .id(let id): .int(id)
        }
    }
}

/// The key of something that is no model here.
public enum PlainReference: Sendable, Hashable {
    case number(Int64)
    /// 1 to 255 bytes, none of them a control character.
    case text(String)
}

extension PlainReference: FieldValue {
    public static func kind(with options: FieldOptions) throws(SchemaError) -> FieldKind {
        try options.none(for: .reference(to: nil))
    }

    public init(fieldJSON json: JSONValue) throws(FieldError) {
        switch json {
        case .int(let number): self = .number(number)
        case .string(let text): self = .text(text)
        default: throw json.mismatch("a key: an integer or a string")
        }
    }

    public func fieldJSON() -> JSONValue {
        switch self {
        case .number(let number): .int(number)
        case .text(let text): .string(text)
        }
    }
}
