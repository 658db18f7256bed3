import PulseModel

/// Which records an application's question is about: those of one model, live and soft-deleted.
public struct RecordSelection: Sendable {
    public let model: ModelName
    /// Nil for all scopes.
    public let scope: Scope?
    /// Members in stored form, `"title":"A"`, that the records are known to have. A store that can leave out others
    /// cheaply may do so; it need not.
    public let members: [[UInt8]]

    public init(model: ModelName, scope: Scope? = nil, members: [[UInt8]] = []) {
        self.model = model
        self.scope = scope
        self.members = members
    }
}
