import PulseModel
import PulseWire

/// Decides what becomes of a write. A pure function of its arguments, the same for every store.
public enum Judge {
    /// - Parameters:
    ///   - current: the record as stored, tombstones included; nil where there is none.
    ///   - head: the version and the stamp that the record gets if the write is accepted.
    ///   - resolve: the application's function for conflicts of this model.
    public static func judge(
        _ write: Write, by author: Author, on current: Record?, of model: Model, as head: LogHead, now: Timestamp,
        resolve: RecordConflict.Resolution? = nil
    ) -> WriteOutcome {
        do {
            guard let current else { return try create(write, by: author, of: model, as: head, now: now) }
            // Nothing may tell a client whether a record that is not its own exists.
            if case .client(let identity) = author, !model.scopes(of: identity).contains(current.scope) {
                return .rejected(ItemError("sync_id: cannot be used here"))
            }
            if let scope = write.scope, scope != current.scope {
                return .rejected(ItemError("The record belongs to another scope and stays there."))
            }
            // A change of whatever is there must find something: it may have lost a race against a hard delete.
            if current.state == .erased, write.basis == .anything, !model.isSchemaless { return .rejected(.missing) }
            let memory = model.mergesConflicts ? current.history.memory : .none
            let base = write.basis.version(of: current, remembering: memory)
            let origin = Record.Origin(writer: author.user, base: base ?? current.version)
            // That it is no repetition is seen without putting a record together, which may be large.
            if case .version = write.basis, let base, base < current.version, !model.mergesConflicts,
                current.origin != origin
            {
                return .conflict(current)
            }
            let digest = model.mergesConflicts ? write.digest(by: author, of: model) : ""
            var after = try current.applying(write.action, of: model)
            if let base {
                if case .client = author {
                    let isRepeated =
                        model.mergesConflicts && current.history != .none
                        ? base < current.version && memory.knows(digest, from: origin, of: current)
                        : write.basis.isRepeated(in: current, by: origin) && current.state == after.state
                            && current.hasFields(after.fields, in: model)
                    if isRepeated { return .repeated(current) }
                }
                if let refusal = write.refusal(on: current, of: model) { return refusal }
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
            let record = Record(
                key: current.key, id: current.id, version: head.version, stamp: head.stamp,
                parent: write.basis.parent(of: current), scope: current.scope, state: after.state,
                fields: after.fields, origin: origin, created: current.created, updated: max(now, current.updated),
                history: history)
            return write.basis.isSurpassed(by: current) ? .resolved(record) : .accepted(record)
        } catch {
            return .rejected(ItemError(error.description))
        }
    }

    private static func create(
        _ write: Write, by author: Author, of model: Model, as head: LogHead, now: Timestamp
    ) throws(FieldError) -> WriteOutcome {
        let fields: FieldValues
        let isDeleted: Bool
        switch write.action {
        case .erase: return .rejected(.missing)
        case .replace(let document, let mark): (fields, isDeleted) = (document, mark)
        case .patch(let patch, let mark):
            // Of fields that must have a value there would be none.
            if case .stamp = write.basis, mark == true { return .rejected(.missing) }
            let whole = write.computed.map { patch.overlaid(with: $0, of: model) } ?? patch
            (fields, isDeleted) = (try FieldValues.none.merged(with: whole, in: model), mark == true)
        }
        guard let scope = write.scope else {
            if case .server = author { return .rejected(.missing) }
            return .rejected(ItemError("The record's group is not clear: name one of yours."))
        }
        guard model.has(scope) else {
            return .rejected(ItemError("The scope '\(scope.key)' is none of the model, which is \(model.audience)'s."))
        }
        return .accepted(
            Record(
                key: write.key, id: head.version.number, version: head.version, stamp: head.stamp,
                parent: write.basis.parent(of: nil), scope: scope, state: isDeleted ? .deleted : .live, fields: fields,
                origin: Record.Origin(writer: author.user, base: write.base ?? .zero), created: now, updated: now,
                history: model.mergesConflicts ? .beginning(with: write.digest(by: author, of: model)) : .none))
    }

    /// - Returns: nil where the write is a conflict.
    private static func merge(
        _ write: Write, by author: Author, from base: Version, with current: Record,
        remembering memory: RecordHistory.Memory, of model: Model, now: Timestamp, resolve: RecordConflict.Resolution?
    ) throws(FieldError) -> Merge.Result? {
        // The server's own code asks to be told when somebody was faster.
        guard case .client = author else { return nil }
        if case .replace(let incoming, isDeleted: false) = write.action {
            return resolve.flatMap { $0(RecordConflict(model: model, stored: current, incoming: incoming)) }
                .flatMap { FieldValues(document: $0, like: incoming) }
                .map { Merge.Result(state: .live, fields: $0) }
        }
        guard case .patch(let patch, let isDeleted) = write.action, model.mergesConflicts else { return nil }
        let image = memory.image(of: current, at: base, now: now, rules: model.conflicts.history)
        let merge = Merge(
            model: model, stored: current, base: image, patch: patch, isDeleted: isDeleted, resolve: resolve)
        return try merge.result()
    }
}

extension ItemError {
    package static let missing = ItemError("There is no such record.")
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
        case .replace(let fields, let isDeleted):
            return (isDeleted ? .deleted : .live, fields)
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
