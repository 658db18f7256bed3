import PulseEngine
import PulseModel

/// The collections that a request reads, in the scopes in which its sender may.
struct Collections: Sendable {
    let models: [Model]
    /// One for each model and scope.
    let lanes: [(model: ModelName, scope: Scope)]

    /// - Parameters:
    ///   - names: empty for all that the identity may read.
    ///   - scopeID: the user or the group to which it is confined; nil for all of the identity's.
    /// - Throws: ``SyncError`` where one is not there, or not for this identity.
    init(
        named names: [String], in schema: Schema, for identity: Identity, scopeID: String?
    ) throws(SyncError) {
        do throws(CollectionDenial) {
            models = try schema.collections(names, for: identity)
        } catch {
            throw .denied(error.description)
        }
        lanes = models.flatMap { model in
            model.scopes(of: identity).filter { scopeID == nil || $0.isNamed(scopeID ?? "") }
                .map { (model.name, $0) }
        }
    }

    func lanes(after version: Version) -> [LogQuery.Lane] {
        lanes.map { LogQuery.Lane(model: $0.model, scope: $0.scope, after: version) }
    }

    subscript(name: ModelName) -> Model? { models.first { $0.name == name } }

    /// Tells these from all others: what a cursor through them is bound to.
    var signature: String {
        lanes.map { "\($0.model) \($0.scope.key)" }.sorted().joined(separator: "\n")
    }
}

extension Scope {
    /// Whether a `scope_id` means it. The global scope needs no name, and goes by any.
    func isNamed(_ text: String) -> Bool {
        switch self {
        case .global: true
        case .user(let user): user.text.utf8.elementsEqual(text.utf8)
        case .group(let group): group.value.text.utf8.elementsEqual(text.utf8)
        }
    }
}
