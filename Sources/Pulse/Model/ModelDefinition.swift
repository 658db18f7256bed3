import PulseModel

/// A model with the properties that hold its fields.
public struct ModelDefinition<Owner: SyncModel>: Sendable {
    /// The model as the server knows it.
    public let model: Model
    private let fields: [FieldDefinition<Owner>]

    /// - Precondition: the fields make a model.
    public init(
        scope: Model.Audience = .user, unknownFields: Model.UnknownFields = .reject,
        conflicts: ConflictRules = .reject, fields: [FieldDefinition<Owner>]
    ) {
        do {
            model = try Model(
                Owner.modelName, audience: scope, fields: fields.map(\.field), unknownFields: unknownFields,
                conflicts: conflicts)
        } catch {
            fatalError("\(Owner.self): \(error)")
        }
        self.fields = fields
    }

    func name(of property: PartialKeyPath<Owner>) -> String? {
        fields.first { $0.property == property }?.field.name
    }

    func members(of owner: Owner) throws(FieldError) -> [JSONObject.Member] {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(fields.count)
        for definition in fields {
            members.append(JSONObject.Member(key: definition.field.name, value: try definition.value(of: owner)))
        }
        return members
    }
}

extension ModelName {
    /// A name that stands in the program.
    ///
    /// - Precondition: it is one.
    public init(declared name: StaticString) {
        guard let valid = ModelName("\(name)") else {
            fatalError("'\(name)' is no name of a model: it has lower-case letters, digits and underscores")
        }
        self = valid
    }
}

extension Model.Audience {
    /// Each record is a group's: the users who carry one value of this claim.
    ///
    /// - Precondition: `claim` is a claim's name.
    public static func group(by claim: StaticString) -> Model.Audience {
        guard let name = ClaimName("\(claim)") else {
            fatalError("'\(claim)' is no name of a claim: it has letters, digits and underscores")
        }
        return .group(by: name)
    }
}
