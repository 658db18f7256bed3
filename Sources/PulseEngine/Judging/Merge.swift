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
        guard let state = mergedState() else { return nil }
        let unchanged = Result(state: stored.state, fields: stored.fields)
        switch state {
        case .stays: return unchanged
        case .becomes(.deleted) where stored.state == .live:
            return Result(state: .deleted, fields: stored.fields)
        case .becomes(let state):
            // The other side's change was the deletion. What else it changed before that only an ancestor would tell.
            if state == .live, stored.state != .live, base == nil || model.conflicts.merge == .record {
                return Result(state: state, fields: try stored.fields.merged(with: patch, in: model))
            }
            guard let merged = mergedPatch() else { return nil }
            return Result(state: state, fields: try stored.fields.merged(with: merged, in: model))
        }
    }

    // MARK: Deletions

    private enum StateOutcome {
        /// Nothing of the upload is taken.
        case stays
        case becomes(Record.State)
    }

    private func mergedState() -> StateOutcome? {
        let rules = model.conflicts
        if stored.state == .live {
            guard isDeleted == true else { return .becomes(.live) }
            switch rules.deletion {
            case .deleteWins: return .becomes(.deleted)
            case .resurrect: return .stays
            case .rejectUpdate: break
            }
            switch rules.policy {
            case .serverWins: return .stays
            case .clientWins: return .becomes(.deleted)
            case .lastWriter(let field): return isLater(by: field) ? .becomes(.deleted) : .stays
            case .reject, .function, .max, .min, .counter, .union: return nil
            }
        }
        if isDeleted == true { return .stays }
        // The client may have known that the record is deleted. Then it changes a deleted record, or brings it back.
        if let base, base.state != .live, stored.state == .deleted {
            return .becomes(isDeleted == false ? .live : .deleted)
        }
        switch rules.deletion {
        case .rejectUpdate: return nil
        case .deleteWins: return .stays
        case .resurrect: return .becomes(.live)
        }
    }

    // MARK: Fields

    /// The members of the upload that are to be stored; nil where it is a conflict.
    private func mergedPatch() -> FieldPatch? {
        let storedMembers = stored.fields.storedMembers(in: model)
        var taken: [Member] = []
        var undecided: [Member] = []
        for member in patch.storedMembers(of: model) {
            let ours = storedMembers[member.name]
            guard ours != member.value else { continue }
            let policy = self.policy(for: member.name)
            let before = base?.members[member.name]
            if model.conflicts.merge == .fields || policy == .counter, let before {
                if before == member.value { continue }
                if before == ours {
                    taken.append(member)
                    continue
                }
            }
            switch policy {
            case .reject: return nil
            case .function: undecided.append(member)
            case .serverWins: continue
            case .clientWins: taken.append(member)
            case .lastWriter(let field): if isLater(by: field) { taken.append(member) }
            case .max, .min, .counter, .union:
                guard let ours, let kind = field(named: member.name)?.kind,
                    let value = policy.value(of: ours, and: member.value, since: before, kind: kind)
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

    private func policy(for name: [UInt8]) -> ConflictPolicy {
        field(named: name)?.conflict ?? model.conflicts.policy
    }

    /// Whether the client's side is the later one. A client that does not say leaves it where it was.
    private func isLater(by name: String) -> Bool {
        let key = Array(name.utf8)
        guard let kind = field(named: key)?.kind, let ours = stored.fields.storedMembers(in: model)[key],
            let theirs = patch.storedMembers(of: model).first(where: { $0.name == key })?.value ?? base?.members[key]
        else { return false }
        return kind.isOrdered(ours, before: theirs)
    }

    /// Asks the application's function.
    private func decide(_ members: [Member]) -> [Member]? {
        guard let resolve, let incoming = try? stored.fields.merged(with: patch, in: model) else { return nil }
        let names = members.map { String(decoding: $0.name, as: UTF8.self) }
        let base = base.flatMap { image in
            try? FieldValues.none.merged(
                with: FieldPatch(stored: image.members.map { ($0.key, $0.value) }, for: model), in: model)
        }
        let conflict = RecordConflict(model: model, stored: stored, base: base, incoming: incoming, fields: names)
        guard let values = resolve(conflict) else { return nil }
        let decided = values.filter { names.contains($0.key) }.map { JSONObject.Member(key: $0.key, value: $0.value) }
        // A function that returns what the model does not allow has not brought them together.
        guard let patch = try? FieldPatch(decided, for: model, by: .server, ignoring: { _ in false }) else {
            return nil
        }
        return patch.storedMembers(of: model)
    }
}

extension ConflictPolicy {
    /// What two values make together; nil where they make nothing.
    fileprivate func value(
        of ours: [UInt8], and theirs: [UInt8], since before: [UInt8]?, kind: FieldKind
    ) -> [UInt8]? {
        switch self {
        case .max: return kind.isOrdered(ours, before: theirs) ? theirs : ours
        case .min:
            let null = Array("null".utf8)
            if ours == null { return theirs }
            return theirs != null && kind.isOrdered(theirs, before: ours) ? theirs : ours
        case .counter: return before.flatMap { kind.counted(ours, from: $0, to: theirs) }
        case .union:
            guard case .array(let ours)? = try? JSONValue.parse(ours),
                case .array(let theirs)? = try? JSONValue.parse(theirs)
            else { return nil }
            // By their written form, which tells all values apart that differ.
            var seen: Set<[UInt8]> = []
            func isNew(_ element: JSONValue) -> Bool {
                var writer = JSONWriter()
                try? writer.value(element)
                return seen.insert(writer.bytes).inserted
            }
            for element in ours { _ = isNew(element) }
            return try? kind.storedForm(of: .array(ours + theirs.filter(isNew)), isNullable: false)
        case .reject, .serverWins, .clientWins, .lastWriter, .function: return nil
        }
    }
}
