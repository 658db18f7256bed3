import PulseModel

/// A record of one model as a Swift value. The macro ``SyncModel(_:scope:unknownFields:conflicts:)`` writes the conformance.
public protocol SyncModel: Sendable {
    /// What the model is called in messages.
    static var modelName: ModelName { get }

    /// The model as it was declared.
    static var definition: ModelDefinition<Self> { get }

    /// What the sync knows of the record.
    var sync: SyncState { get set }

    /// A new record with the values of all fields.
    ///
    /// - Throws: `FieldError` when a value is none of its property's type.
    init(reading fields: FieldReader) throws(FieldError)
}

extension SyncModel {
    /// The model as the server knows it.
    public static var model: Model { definition.model }

    /// The name of the field that a property holds.
    ///
    /// - Precondition: the property is a field.
    public static func fieldName(of property: PartialKeyPath<Self>) -> String {
        guard let name = definition.name(of: property) else {
            fatalError("\(Self.self): \(property) is no field")
        }
        return name
    }
}

extension SyncModel {
    /// What the record is found by, on every device.
    public var syncID: SyncID { sync.syncID }

    /// The version of the record's last write; `Version.zero` before the first.
    public var version: Version { sync.record?.version ?? .zero }

    /// The number that the server gave the record; nil before it is saved.
    public var id: Int64? { sync.record?.id }

    /// Whose the record is; nil before it is saved.
    public var scope: Scope? { sync.record?.scope }

    /// The user whose record it is; nil before it is saved, and for a group's or everybody's record.
    public var owner: UserID? {
        if case .user(let user) = scope { user } else { nil }
    }

    /// Whether the record is soft-deleted.
    public var isDeleted: Bool { sync.record?.state == .deleted }

    /// When the record was first saved; nil before.
    public var createdAt: Date? { sync.record.map { Date($0.created) } }

    /// When the record was last saved; nil before.
    public var updatedAt: Date? { sync.record.map { Date($0.updated) } }
}

extension Date {
    fileprivate init(_ timestamp: Timestamp) {
        self.init(timeIntervalSince1970: Double(timestamp.microseconds) / 1e6)
    }
}
