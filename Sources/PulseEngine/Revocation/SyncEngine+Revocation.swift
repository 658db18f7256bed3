import PulseModel

extension SyncEngine {
    /// What an operator can do about a user.
    public enum Decision: String, Sendable, CaseIterable {
        /// All of the user's connections are ended. The user may come back.
        case kick
        /// Connections are ended, and credentials are not accepted, that were made up to now or do not say when.
        case revoke
        /// An earlier revocation is taken back.
        case lift
    }

    /// Notes down what an operator has decided. When this returns it is durable; every worker follows it within two
    /// seconds.
    ///
    /// - Parameter reason: for whoever looks into the store.
    /// - Throws: ``RecordsError``: `invalid` where the engine's schema is not a ``Schema/served`` one.
    public func decide(_ decision: Decision, about user: UserID, reason: String = "") async throws {
        guard let model = schema[Model.revocation.name] else { throw RecordsError.invalid("Nothing is revoked here.") }
        let now = JSONValue.int(clock().microseconds)
        var values: [(String, JSONValue)] = [("user", .string(user.text)), ("reason", .string(reason))]
        switch decision {
        case .kick: values.append(("kicked", now))
        case .revoke: values += [("kicked", now), ("revoked", now)]
        case .lift: values += [("kicked", .null), ("revoked", .null)]
        }
        let outcomes: [WriteOutcome]
        do {
            let members = values.map { JSONObject.Member(key: $0.0, value: $0.1) }
            let patch = try FieldPatch(members, for: model, by: .server, ignoring: { _ in false })
            let write = Write(
                key: RecordKey(model: model.name, syncID: Revocation.syncID(of: user)), base: nil, scope: .global,
                action: .patch(patch, isDeleted: nil))
            outcomes = try await queue.write(WriteBatch(author: .server, writes: [write]))
        } catch {
            throw RecordsError.unavailable("\(error)")
        }
        if case .rejected(let error) = outcomes[0] { throw RecordsError.invalid(error.message) }
    }

    /// Whether what an identity was authenticated by has been revoked since.
    public func isRevoked(_ identity: Identity) -> Bool {
        revocations.cover(identity)
    }
}
