import PulseModel

extension ConflictPolicy {
    /// What two values of a field, in stored form, make together; nil where they make nothing.
    func value(of ours: [UInt8], and theirs: [UInt8], since before: [UInt8]?, kind: FieldKind) -> [UInt8]? {
        switch self {
        case .max: return kind.isOrdered(ours, before: theirs) ? theirs : ours
        case .min:
            let null = Array("null".utf8)
            if ours == null { return theirs }
            return theirs != null && kind.isOrdered(theirs, before: ours) ? theirs : ours
        case .counter: return before.flatMap { kind.counted(ours, from: $0, to: theirs) }
        case .union:
            guard case .array(let ours)? = try? JSONValue.parse(ours, limits: .history),
                case .array(let theirs)? = try? JSONValue.parse(theirs, limits: .history)
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
