import PulseModel
import PulseWire

/// What a client's push is known again by: its client and its content.
public struct PushReceipt: Sendable {
    /// How a write was answered that is stored.
    public struct Answer: Sendable, Hashable {
        public let stamp: HybridTime
        /// Whether it was written although the writer had seen another version.
        public let wasResolved: Bool

        public init(stamp: HybridTime, wasResolved: Bool) {
            self.stamp = stamp
            self.wasResolved = wasResolved
        }
    }

    let user: UserID
    let client: ClientID
    let digest: String
    /// What stands for the records that it is about.
    let names: [UInt32]

    /// - Returns: nil where the author is no client that says which it is.
    init?(of writes: [Write], by author: Author) {
        guard case .client(let identity) = author, let client = identity.client else { return nil }
        user = identity.user
        self.client = client
        names = writes.map { write in
            var name = FNV1a()
            name.add(write.key.model.text.utf8)
            write.key.syncID.bytes { name.add($0) }
            return UInt32(truncatingIfNeeded: name.hash)
        }
        var content: [UInt8] = []
        for write in writes {
            content += write.key.model.text.utf8
            write.key.syncID.bytes { content += $0 }
            content += write.basis.name
            switch write.action {
            case .erase: content += "erase".utf8
            case .replace(let fields, let isDeleted): content += "\(isDeleted) ".utf8 + fields.bytes
            case .patch(let patch, let isDeleted):
                content += "\(isDeleted, default: "nil") ".utf8
                patch.appendContent(to: &content)
            }
            // No value has this byte in it.
            content.append(0)
        }
        digest = SHA1.hash(content).reduce(into: "") { $0 += String($1 >> 4, radix: 16) + String($1 & 15, radix: 16) }
    }

    /// The record that remembers the client's pushes.
    var key: RecordKey {
        // No user's name has a control character in it.
        RecordKey(model: Model.push.name, syncID: SyncID(naming: "pulse_push \(user.text)\n\(client.text)"))
    }

    /// The record once it remembers this push, too.
    func record(
        noting outcomes: [WriteOutcome], beside memory: PushMemory, over old: Record?, as head: LogHead, now: Timestamp
    ) -> Record {
        Record(
            key: key, id: old?.id ?? head.version.number, version: head.version, stamp: head.stamp,
            parent: old?.stamp, scope: .user(user), state: .live,
            fields: memory.adding(self, outcomes.map(\.answer)).fields(of: client),
            origin: Record.Origin(writer: nil, base: old?.version ?? .zero), created: old?.created ?? now,
            updated: max(now, old?.updated ?? now))
    }
}

extension Write.Basis {
    fileprivate var name: [UInt8] {
        switch self {
        case .anything: Array(" any ".utf8)
        case .version(let version): Array(" \(version) ".utf8)
        case .stamp(let parent): Array(" at \(parent?.ticks ?? -1) ".utf8)
        }
    }
}

extension WriteOutcome {
    /// What a commit is to write for it.
    var change: Record? {
        switch self {
        case .accepted(let record), .resolved(let record): record
        case .repeated, .answered, .conflict, .rejected: nil
        }
    }

    /// What is said of it when it comes again; nil where it is judged again.
    fileprivate var answer: PushReceipt.Answer? {
        switch self {
        case .accepted(let record), .repeated(let record): .init(stamp: record.stamp, wasResolved: false)
        case .resolved(let record): .init(stamp: record.stamp, wasResolved: true)
        case .answered(let answer): answer
        case .conflict, .rejected: nil
        }
    }
}
