/// Why a collection of the HTTP API may not be used.
package enum CollectionDenial: Error, Sendable, CustomStringConvertible {
    case notConfigured(String)
    case accessDenied(ModelName)

    /// One sentence, for the client.
    package var description: String {
        switch self {
        case .notConfigured(let name): "Collection not configured: \(name.excerpt(maximumByteCount: 64))"
        case .accessDenied(let name): "Access denied for collection: \(name)"
        }
    }
}

extension Schema {
    /// The model that the HTTP API means by a collection.
    package func collection(_ name: String) throws(CollectionDenial) -> Model {
        guard let modelName = ModelName(name), !modelName.isReserved, let model = self[modelName] else {
            throw .notConfigured(name)
        }
        return model
    }

    /// The same, if the identity may read in one of its scopes.
    package func collection(_ name: String, for identity: Identity) throws(CollectionDenial) -> Model {
        let model = try collection(name)
        guard !model.scopes(of: identity).isEmpty else { throw .accessDenied(model.name) }
        return model
    }

    /// Each one that is named, once; where none is, all that the identity may read.
    package func collections(
        _ names: [String], for identity: Identity
    ) throws(CollectionDenial) -> [Model] {
        guard !names.isEmpty else { return models.filter { !$0.scopes(of: identity).isEmpty } }
        var found: [Model] = []
        for name in names {
            let model = try collection(name, for: identity)
            if !found.contains(where: { $0.name == model.name }) { found.append(model) }
        }
        return found
    }
}
