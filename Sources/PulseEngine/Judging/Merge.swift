import PulseModel

/// Brings an upload together with a record that has been changed since the client saw it, by the model's rules.
///
/// A pure function of its parts, as all judging is.
struct Merge {
    /// What the two make together: the same as stored where the client has nothing to add.
    struct Result {
        let state: Record.State
        let fields: FieldValues
    }

    let model: Model
    let stored: Record
    /// What the client had seen; nil where that is not remembered.
    let base: RecordImage?
    let patch: FieldPatch
    let isDeleted: Bool?
    let resolve: RecordConflict.Resolution?

    /// - Returns: nil where it is a conflict.
    /// - Throws: ``FieldError`` when what comes out does not fit the model.
    func result() throws(FieldError) -> Result? {
        guard stored.state != .erased else {
            // A hard delete has left nothing to merge with, nor a memory of what was uploaded before.
            guard isDeleted == true || model.conflicts.deletion == .deleteWins else { return nil }
            return Result(state: .erased, fields: stored.fields)
        }
        guard let mark = mergedMark() else { return nil }
        var merged = mergedPatch(in: mark)
        if mark == .deletionWins, merged == nil { merged = FieldPatch(for: model) }
        guard let merged else { return nil }
        return Result(state: mark.state, fields: try stored.fields.merged(with: merged, in: model))
    }

    // MARK: The soft-delete mark

    private enum Mark: Equatable {
        case live
        case deleted
        /// Live, since what one side updated the other had deleted.
        case broughtBack
        /// Deleted, whatever else was changed.
        case deletionWins

        var state: Record.State {
            switch self {
            case .live, .broughtBack: .live
            case .deleted, .deletionWins: .deleted
            }
        }
    }

    private func mergedMark() -> Mark? {
        let rules = model.conflicts
        let hadSeenDeletion = base.map { $0.state != .live } ?? false
        switch (stored.state == .live, isDeleted == true) {
        case (true, false): return .live
        case (true, true):
            // The client says what it saw. The record was brought back meanwhile.
            if hadSeenDeletion { return .live }
            switch rules.deletion {
            case .deleteWins: return .deletionWins
            case .resurrect: return .live
            case .rejectUpdate: break
            }
            switch rules.policy {
            case .serverWins: return .live
            case .clientWins: return .deleted
            case .lastWriter(let field): return isLater(by: field) ? .deleted : .live
            case .reject, .function, .max, .min, .counter, .union: return nil
            }
        case (false, true): return rules.deletion == .deleteWins ? .deletionWins : .deleted
        case (false, false):
            // The client changes a deleted record knowingly, or brings it back.
            if hadSeenDeletion { return isDeleted == false ? .live : .deleted }
            switch rules.deletion {
            case .deleteWins: return .deletionWins
            case .resurrect: return .broughtBack
            case .rejectUpdate: return nil
            }
        }
    }

    // MARK: Fields

    /// The members of the upload that are to be stored; nil where it is a conflict.
    private func mergedPatch(in mark: Mark) -> FieldPatch? {
        let storedMembers = stored.fields.storedMembers(in: model)
        let baseMembers = base?.members(in: model)
        let isByField = model.conflicts.merge == .fields
        // The other side's change was the deletion. What else it changed before that only an ancestor would tell.
        let takesUnclear = mark == .broughtBack && (base == nil || !isByField)
        var taken: [Member] = []
        var undecided: [Member] = []
        var laterBy: [String: Bool] = [:]
        for member in patch.storedMembers(of: model) {
            // What is not there, nobody else has changed.
            guard let ours = storedMembers[member.name] else {
                taken.append(member)
                continue
            }
            let field = field(named: member.name)
            let policy = field.map(model.conflictPolicy) ?? model.conflicts.policy
            let before = baseMembers?[member.name]
            if baseMembers != nil, isByField || policy == .counter {
                if before == member.value { continue }
                if before == ours {
                    taken.append(member)
                    continue
                }
            }
            // Two that count to the same number have both counted.
            if ours == member.value, policy != .counter { continue }
            switch policy {
            case .reject:
                guard takesUnclear else { return nil }
                taken.append(member)
            case .function: undecided.append(member)
            case .serverWins: continue
            case .clientWins: taken.append(member)
            case .lastWriter(let name):
                let isLater = laterBy[name] ?? isLater(by: name)
                laterBy[name] = isLater
                if isLater { taken.append(member) }
            case .max, .min, .counter, .union:
                guard
                    let value = field.flatMap({
                        policy.value(of: ours, and: member.value, since: before, kind: $0.kind)
                    })
                else { return nil }
                taken.append((member.name, value))
            }
        }
        if !undecided.isEmpty {
            guard let decided = decide(undecided) else { return nil }
            taken += decided
        }
        return FieldPatch(stored: taken, for: model)
    }

    private typealias Member = (name: [UInt8], value: [UInt8])

    private func field(named name: [UInt8]) -> Field? {
        model.fields.first { $0.name.utf8.elementsEqual(name) }
    }

    /// Whether the client's side is the later one. A client that does not say leaves it where it was.
    private func isLater(by name: String) -> Bool {
        let key = Array(name.utf8)
        let theirs = patch.storedMembers(of: model).first { $0.name == key }?.value ?? base?.members(in: model)[key]
        guard let kind = field(named: key)?.kind, let ours = stored.fields.storedMembers(in: model)[key], let theirs
        else { return false }
        return kind.isOrdered(ours, before: theirs)
    }

    /// Asks the application's function.
    private func decide(_ members: [Member]) -> [Member]? {
        guard let resolve, let incoming = try? stored.fields.merged(with: patch, in: model) else { return nil }
        let names = members.compactMap { text(storedName: $0.name) }
        let base = base.flatMap { image in
            try? FieldValues.none.merged(
                with: FieldPatch(stored: image.members.map { ($0.key, $0.value) }, for: model), in: model)
        }
        let conflict = RecordConflict(model: model, stored: stored, base: base, incoming: incoming, fields: names)
        guard let values = resolve(conflict) else { return nil }
        // In the order of the upload, so that the same function makes the same record.
        let decided = names.compactMap { name in values[name].map { JSONObject.Member(key: name, value: $0) } }
        // A function that returns what the model does not allow has not brought them together.
        guard let patch = try? FieldPatch(decided, for: model, by: .server, ignoring: { _ in false }) else {
            return nil
        }
        return patch.storedMembers(of: model)
    }
}
