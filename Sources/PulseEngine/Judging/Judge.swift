import PulseModel
import PulseWire

/// Decides what becomes of a write. A pure function of its arguments, the same for every store.
public enum Judge {
    /// - Parameters:
    ///   - current: the record as stored, tombstones included; nil where there is none.
    ///   - version: what the record gets if the write is accepted.
    ///   - resolve: the application's function for conflicts of this model.
    public static func judge(
        _ write: Write, by author: Author, on current: Record?, of model: Model, version: Version, now: Timestamp,
        resolve: RecordConflict.Resolution? = nil
    ) -> WriteOutcome {
        let origin = Record.Origin(writer: author.user, base: write.base ?? current?.version ?? .zero)
        do {
            guard let current else {
                return try create(write, by: author, of: model, version: version, origin: origin, now: now)
            }
            // Nothing may tell a client whether a record that is not its own exists.
            if case .client(let identity) = author, !model.scopes(of: identity).contains(current.scope) {
                return .rejected(ItemError("sync_id: cannot be used here"))
            }
            if let scope = write.scope, scope != current.scope {
                return .rejected(ItemError("The record belongs to another scope and stays there."))
            }
            // A change of whatever is there must find something: it may have lost a race against a hard delete.
            if current.state == .erased, write.base == nil { return .rejected(.missing) }
            // That it is no repetition is seen without putting a record together, which may be large.
            if let base = write.base, base < current.version, !model.mergesConflicts, current.origin != origin {
                return .conflict(current)
            }
            let digest = model.mergesConflicts ? write.digest(by: author, of: model) : ""
            let memory = model.mergesConflicts ? current.history.memory : .none
            var after = try current.applying(write.action, of: model)
            if let base = write.base {
                if case .client = author {
                    let isRepeated =
                        model.mergesConflicts && current.history != .none
                        ? base < current.version && memory.knows(digest, from: origin, of: current)
                        : current.origin == origin && current.state == after.state
                            && current.hasFields(after.fields, in: model)
                    if isRepeated { return .repeated(current) }
                }
                if base < current.version {
                    guard
                        let merged = try merge(
                            write, by: author, from: base, with: current, remembering: memory, of: model, now: now,
                            resolve: resolve)
                    else { return .conflict(current) }
                    if merged.state == current.state, current.hasFields(merged.fields, in: model) {
                        return .repeated(current)
                    }
                    after = (merged.state, merged.fields)
                }
            }
            if let computed = write.computed, after.state != .erased {
                after.fields = try after.fields.merged(with: computed, in: model)
            }
            var history = RecordHistory.none
            if model.mergesConflicts, after.state != .erased {
                history = .following(
                    current, remembering: memory, to: after.fields, by: digest, now: now, rules: model.conflicts.history
                )
            }
            return .accepted(
                Record(
                    key: current.key, id: current.id, version: version, scope: current.scope, state: after.state,
                    fields: after.fields, origin: origin, created: current.created, updated: max(now, current.updated),
                    history: history))
        } catch {
            return .rejected(ItemError(error.description))
        }
    }

    private static func create(
        _ write: Write, by author: Author, of model: Model, version: Version, origin: Record.Origin, now: Timestamp
    ) throws(FieldError) -> WriteOutcome {
        guard case .patch(let patch, let isDeleted) = write.action else { return .rejected(.missing) }
        guard let scope = write.scope else {
            if case .server = author { return .rejected(.missing) }
            return .rejected(ItemError("The record's group is not clear: name one of yours."))
        }
        guard model.has(scope) else {
            return .rejected(ItemError("The scope '\(scope.key)' is none of the model, which is \(model.audience)'s."))
        }
        let whole = write.computed.map { patch.overlaid(with: $0, of: model) } ?? patch
        return .accepted(
            Record(
                key: write.key, id: version.number, version: version, scope: scope,
                state: isDeleted == true ? .deleted : .live,
                fields: try FieldValues.none.merged(with: whole, in: model), origin: origin, created: now, updated: now,
                history: model.mergesConflicts ? .beginning(with: write.digest(by: author, of: model)) : .none))
    }

    /// - Returns: nil where the write is a conflict.
    private static func merge(
        _ write: Write, by author: Author, from base: Version, with current: Record,
        remembering memory: RecordHistory.Memory, of model: Model, now: Timestamp, resolve: RecordConflict.Resolution?
    ) throws(FieldError) -> Merge.Result? {
        // The server's own code asks to be told when somebody was faster.
        guard case .client = author, case .patch(let patch, let isDeleted) = write.action, model.mergesConflicts else {
            return nil
        }
        let image = memory.image(of: current, at: base, now: now, rules: model.conflicts.history)
        let merge = Merge(
            model: model, stored: current, base: image, patch: patch, isDeleted: isDeleted, resolve: resolve)
        return try merge.result()
    }
}

extension ItemError {
    static let missing = ItemError("There is no such record.")
}

extension Author {
    var user: UserID? {
        switch self {
        case .client(let identity): identity.user
        case .server: nil
        }
    }
}

extension Write {
    /// Empty for what the server writes, which is never sent again.
    fileprivate func digest(by author: Author, of model: Model) -> String {
        guard case .client(let identity) = author, case .patch(let patch, let isDeleted) = action else { return "" }
        return patch.digest(of: model, isDeleted: isDeleted, from: identity.client)
    }
}

extension Model {
    /// Whether the model's records can have this scope.
    fileprivate func has(_ scope: Scope) -> Bool {
        switch (audience, scope) {
        case (.global, .global), (.user, .user): true
        case (.group(let claim), .group(let group)): claim == group.claim
        default: false
        }
    }
}

extension Record {
    fileprivate func applying(
        _ action: Write.Action, of model: Model
    ) throws(FieldError) -> (state: State, fields: FieldValues) {
        switch action {
        case .erase:
            return (.erased, .none)
        case .patch(let patch, let isDeleted):
            let state: State =
                switch isDeleted {
                case true?: .deleted
                case false?: .live
                case nil: self.state == .erased ? .live : self.state
                }
            return (state, try fields.merged(with: patch, in: model))
        }
    }

    /// Whether the record's fields are these already, seen through today's model.
    fileprivate func hasFields(_ other: FieldValues, in model: Model) -> Bool {
        if fields == other { return true }
        // Written under an older model, the same values have other bytes.
        return (try? fields.merged(with: FieldPatch(for: model), in: model)) == other
    }
}
