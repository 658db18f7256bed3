import PulseModel

/// The last pushes of one client that were stored, newest first.
///
/// A push is forgotten as soon as the same client pushes a change of one of the same records: what it sends after that is
/// meant anew, even if it is the same again.
struct PushMemory {
    fileprivate struct Push {
        let digest: String
        let names: [String]
        let answers: [PushReceipt.Answer?]
    }

    /// A client that has sent more at once before it saw an answer is told of conflicts with itself.
    private static let maximumPushes = 8
    private static let maximumByteCount = 64 << 10

    private var pushes: [Push] = []

    /// What a record says; nothing where there is none.
    init(_ record: Record?) {
        guard let record, case .array(let list)? = record.fields["pushes"] else { return }
        for case .object(let push) in list {
            guard case .string(let digest)? = push["digest"], case .array(let items)? = push["items"] else { continue }
            var names: [String] = []
            var answers: [PushReceipt.Answer?] = []
            for case .array(let item) in items where item.count == 3 {
                guard case .string(let name) = item[0] else { continue }
                names.append(name)
                guard case .int(let ticks) = item[1], case .bool(let wasResolved) = item[2] else {
                    answers.append(nil)
                    continue
                }
                answers.append(.init(stamp: HybridTime(ticks: ticks), wasResolved: wasResolved))
            }
            pushes.append(Push(digest: digest, names: names, answers: answers))
        }
    }

    /// How each write of the same push was answered, nil for those that were not stored; nil where there was no such push.
    func answers(to receipt: PushReceipt) -> [PushReceipt.Answer?]? {
        pushes.first { $0.digest == receipt.digest && $0.names == receipt.names }?.answers
    }

    func adding(_ receipt: PushReceipt, _ answers: [PushReceipt.Answer?]) -> PushMemory {
        let names = Set(receipt.names)
        var memory = self
        memory.pushes.removeAll { !names.isDisjoint(with: $0.names) }
        memory.pushes.insert(Push(digest: receipt.digest, names: receipt.names, answers: answers), at: 0)
        memory.pushes = Array(memory.pushes.prefix(Self.maximumPushes))
        return memory
    }

    /// As it is stored. The newest push is always in it.
    func fields(of client: ClientID) -> FieldValues {
        var writer = JSONWriter(reserving: 256)
        writer.raw(#""client":"#)
        writer.string(client.text)
        writer.raw(#","pushes":["#)
        var end = writer.bytes.count
        for (index, push) in pushes.enumerated() {
            if index > 0 { writer.raw(",") }
            push.write(to: &writer)
            guard index == 0 || writer.bytes.count <= Self.maximumByteCount else { break }
            end = writer.bytes.count
        }
        writer.cut(to: end)
        writer.raw("]")
        return FieldValues(canonical: writer.bytes)
    }
}

extension PushMemory.Push {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.raw(#"{"digest":"#)
        writer.string(digest)
        writer.raw(#","items":["#)
        for (index, (name, answer)) in zip(names, answers).enumerated() {
            writer.raw(index > 0 ? ",[" : "[")
            writer.string(name)
            writer.raw(",")
            if let answer { writer.int(answer.stamp.ticks) } else { writer.null() }
            writer.raw(",")
            if let answer { writer.bool(answer.wasResolved) } else { writer.null() }
            writer.raw("]")
        }
        writer.raw("]}")
    }
}
