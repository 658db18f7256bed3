/// All models of an application.
public struct Schema: Sendable, Hashable {
    public let models: [Model]
    /// The server's own models, whose records are in the log and are no client's to see.
    package private(set) var ownModels: [Model] = []
    private let indexes: [ModelName: Int]

    /// - Throws: ``SchemaError`` when there is no model, two have one name, one has a reserved name, or a reference
    ///   leads to none that has fields.
    public init(_ models: [Model]) throws(SchemaError) {
        guard !models.isEmpty else { throw SchemaError("a schema has at least one model") }
        var indexes: [ModelName: Int] = [:]
        for (index, model) in models.enumerated() {
            guard indexes.updateValue(index, forKey: model.name) == nil else {
                throw SchemaError("two models are called '\(model.name)'")
            }
            if model.name.isReserved { throw .reserved(model.name) }
        }
        for model in models {
            for field in model.fields {
                if case .reference(let target?) = field.kind, indexes[target].map({ models[$0].isSchemaless }) != false
                {
                    throw SchemaError("model '\(model.name)', field '\(field.name)': there is no model '\(target)'")
                }
            }
        }
        self.models = models
        self.indexes = indexes
    }

    public subscript(_ name: ModelName) -> Model? {
        indexes[name].map { models[$0] } ?? ownModels.first { $0.name == name }
    }

    /// What a server works under: these models, and its own.
    public var served: Schema {
        var schema = self
        schema.ownModels = [.revocation, .push]
        return schema
    }

    /// The model that a client means by `table`, whatever its case (protocol section "Tables"); nil where the identity
    /// may not access it.
    public func model(forTable table: String, of identity: Identity) -> Model? {
        guard let name = ModelName(anyCase: table), !name.isReserved, !identity.withheld.contains(name),
            let model = self[name], !model.isSchemaless
        else { return nil }
        return model
    }

    /// An identity without what the models' rules of access withhold from it.
    public func granting(_ identity: Identity) -> Identity {
        func modelsRefused(by rule: KeyPath<AccessRules, AccessRule>) -> Set<ModelName> {
            Set(models.filter { !$0.access[keyPath: rule].allows(identity) }.map(\.name))
        }
        return identity.withholding(modelsRefused(by: \.read), readOnly: modelsRefused(by: \.write))
    }

    /// All scopes in which an identity may meet records.
    public func scopes(of identity: Identity) -> [Scope] {
        var scopes: [Scope] = []
        for model in models {
            for scope in model.scopes(of: identity) where !scopes.contains(scope) { scopes.append(scope) }
        }
        return scopes
    }
}

/// What is wrong with a schema, in one sentence.
public struct SchemaError: Error, Sendable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}

extension SchemaError {
    /// A model has a name that ``ModelName/isReserved``.
    package static func reserved(_ name: ModelName, _ what: String = "model") -> SchemaError {
        SchemaError("\(what) '\(name)': names that begin with 'pulse_' are the server's own")
    }
}
