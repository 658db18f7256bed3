/// What a store remembers of every model and field it ever had, to tell whether today's schema can read its records.
///
/// A field or model that is no longer declared stays remembered, and its values stay stored: declared again in the
/// same way, it has them back.
public struct SchemaHistory: Sendable, Hashable {
    public struct PastField: Sendable, Hashable {
        public let kind: FieldKind
        public let isNullable: Bool

        public init(kind: FieldKind, isNullable: Bool) {
            self.kind = kind
            self.isNullable = isNullable
        }
    }

    public struct PastModel: Sendable, Hashable {
        public let audience: Model.Audience
        public let fields: [String: PastField]
        /// Whether its records are documents.
        public let isSchemaless: Bool

        public init(audience: Model.Audience, fields: [String: PastField], isSchemaless: Bool = false) {
            self.audience = audience
            self.fields = fields
            self.isSchemaless = isSchemaless
        }
    }

    public let models: [ModelName: PastModel]

    public init(_ models: [ModelName: PastModel]) {
        self.models = models
    }

    /// The history once `schema` is in force.
    ///
    /// - Throws: ``SchemaError`` naming what the stored records do not fit, and what to do.
    public func continued(by schema: Schema) throws(SchemaError) -> SchemaHistory {
        var models = models
        for model in schema.models + schema.ownModels {
            let past = models[model.name]
            if let past, past.audience != model.audience {
                throw SchemaError(
                    "model '\(model.name)': its stored records are \(past.audience)'s, the schema says "
                        + "\(model.audience)'s; declare it as it was, or give the new model another name")
            }
            if let past, past.isSchemaless != model.isSchemaless {
                let (stored, said) = model.isSchemaless ? ("a model", "a collection") : ("a collection", "a model")
                throw SchemaError(
                    "model '\(model.name)': its stored records are \(stored)'s, the schema says that it is \(said); "
                        + "declare it as it was, or give the new one another name")
            }
            var fields = past?.fields ?? [:]
            for field in model.fields {
                if let pastField = fields[field.name] {
                    try field.check(against: pastField, in: model)
                } else if past != nil, field.defaultValue == nil {
                    throw SchemaError(
                        "model '\(model.name)', field '\(field.name)': stored records do not have it; give it a "
                            + "default, or allow null")
                }
                fields[field.name] = PastField(kind: field.kind, isNullable: field.isNullable)
            }
            models[model.name] = PastModel(
                audience: model.audience, fields: fields, isSchemaless: model.isSchemaless)
        }
        return SchemaHistory(models)
    }
}

extension Field {
    fileprivate func check(against past: SchemaHistory.PastField, in model: Model) throws(SchemaError) {
        if past.isNullable, !isNullable {
            throw SchemaError(
                "model '\(model.name)', field '\(name)': stored records may have null in it; allow null")
        }
        guard kind.canRead(past.kind) else {
            throw SchemaError(
                "model '\(model.name)', field '\(name)': stored records have \(past.kind), the schema says \(kind); "
                    + "declare it as it was, or give the new field another name")
        }
    }
}

extension FieldKind {
    /// Whether every value that was stored under `past` is one of this kind, in the same form.
    fileprivate func canRead(_ past: FieldKind) -> Bool {
        switch (past, self) {
        case (.string(let old), .string(let new)): new >= old
        case (.string, .text), (.uuid, .text), (.date, .text), (.dateTime, .text), (.uuid, .string(36...)): true
        case (.decimal(let oldDigits, let oldPlaces), .decimal(let newDigits, let newPlaces)):
            newPlaces == oldPlaces && newDigits >= oldDigits
        case (.reference(to: _?), .reference(to: nil)): true
        case (_, .json): true
        default: past == self
        }
    }
}

extension Model.Audience: CustomStringConvertible {
    /// As stores note it down and sentences say it: `user`, `global`, `group(team)`.
    public var description: String {
        switch self {
        case .user: "user"
        case .global: "global"
        case .group(let claim): "group(\(claim))"
        }
    }

    /// Reads what ``description`` wrote.
    public init?(_ text: String) {
        switch text {
        case "user": self = .user
        case "global": self = .global
        default:
            guard text.hasPrefix("group("), text.hasSuffix(")"),
                let claim = ClaimName(String(text.dropFirst(6).dropLast()))
            else { return nil }
            self = .group(by: claim)
        }
    }
}
