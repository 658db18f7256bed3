import PulseModel

/// The last pushes of one client that were stored, newest first.
///
/// A push is forgotten as soon as the same client pushes a change of one of the same records: what it sends after that is
/// meant anew, even if it is the same again.
struct PushMemory {
    /// It is written with every push, so it must not be much: one text, of which a change takes about a dozen bytes.
    fileprivate struct Push {
        let digest: String
        /// Of the records that it is about. Two that share one are forgotten for each other, which does no harm.
        let names: [UInt32]
        let answers: [PushReceipt.Answer?]
    }

    /// A client that has sent more at once before it saw an answer is told of conflicts with itself.
    private static let maximumPushes = 8
    private static let maximumByteCount = 32 << 10

    private var pushes: [Push] = []

    /// What a record says; nothing where there is none.
    init(_ record: Record?) {
        guard let record, case .string(let text)? = record.fields["pushes"] else { return }
        pushes = text.split(separator: ";").compactMap { Push($0) }
    }

    /// How each write of the same push was answered, nil for those that were not stored; nil where there was no such push.
    func answers(to receipt: PushReceipt) -> [PushReceipt.Answer?]? {
        pushes.first { $0.digest == receipt.digest && $0.answers.count == receipt.names.count }?.answers
    }

    func adding(_ receipt: PushReceipt, _ answers: [PushReceipt.Answer?]) -> PushMemory {
        let push = Push(digest: receipt.digest, names: receipt.names, answers: answers)
        let names = Set(push.names)
        var memory = self
        memory.pushes.removeAll { !names.isDisjoint(with: $0.names) }
        memory.pushes = [push] + memory.pushes.prefix(Self.maximumPushes - 1)
        return memory
    }

    /// As it is stored. The newest push is always in it.
    func fields(of client: ClientID) -> FieldValues {
        var text = ""
        for push in pushes.map(\.text) where text.isEmpty || text.utf8.count + push.utf8.count < Self.maximumByteCount {
            text += text.isEmpty ? push : ";" + push
        }
        var writer = JSONWriter(reserving: text.utf8.count + 96)
        writer.raw(#""client":"#)
        writer.string(client.text)
        writer.raw(#","pushes":"#)
        writer.string(text)
        return FieldValues(canonical: writer.bytes)
    }
}

extension PushMemory.Push {
    /// `DIGEST:NAMES:TICKS:ANSWERS`: the names with dots between them; the ticks of the first stamp, and for each change
    /// how far its stamp is from that one, with a `*` in front where it was resolved, or `-` where it was not stored.
    fileprivate var text: String {
        let first = answers.lazy.compactMap { $0 }.first?.stamp.ticks ?? 0
        let codes = answers.map { answer in
            answer.map { ($0.wasResolved ? "*" : "") + String($0.stamp.ticks - first, radix: 36) } ?? "-"
        }
        let names = names.map { String($0, radix: 36) }.joined(separator: ".")
        return "\(digest):\(names):\(first):\(codes.joined(separator: ","))"
    }

    /// - Returns: nil for a damaged text: that push is forgotten.
    fileprivate init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, let first = Int64(parts[2]) else { return nil }
        digest = String(parts[0])
        names = parts[1].split(separator: ".").compactMap { UInt32($0, radix: 36) }
        var answers: [PushReceipt.Answer?] = []
        for code in parts[3].split(separator: ",") {
            let wasResolved = code.first == "*"
            guard code != "-" else {
                answers.append(nil)
                continue
            }
            guard let distance = Int64(wasResolved ? code.dropFirst() : code, radix: 36) else { return nil }
            let (ticks, isFar) = first.addingReportingOverflow(distance)
            guard !isFar else { return nil }
            answers.append(.init(stamp: HybridTime(ticks: ticks), wasResolved: wasResolved))
        }
        guard names.count == answers.count else { return nil }
        self.answers = answers
    }
}
