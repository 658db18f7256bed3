import PulseEngine
import PulseModel
import PulseWire

/// Records in memory, and the rules that whatever is judged must keep.
struct CheckedLog {
    let schema: Schema
    private var records: [RecordKey: Record] = [:]
    private var head = LogHead.zero
    private var now = Timestamp(microseconds: 1_800_000_000_000_000)

    init(schema: Schema) {
        self.schema = schema
    }

    mutating func passDays(_ days: Int64) {
        now = Timestamp(microseconds: now.microseconds + days * 86_400_000_000)
    }

    /// - Parameter erases: the server erases the records in place of what the client wants.
    mutating func receive(_ message: UnsafeRawBufferPointer, from speaker: Speaker, isAtomic: Bool, erases: Bool) {
        guard let message = try? ClientMessage.decode(message, limits: WireLimits()) else { return }
        let (table, items): (String, [UploadItem])
        switch message {
        case .upload(let upload): (table, items) = (upload.table, [upload.item])
        case .batchUpload(let upload): (table, items) = (upload.table, upload.items)
        case .requestDelta, .auth: return
        }
        guard let model = schema.model(forTable: table, of: speaker.identity) else { return }
        let writes = items.compactMap { item in
            _ = item.echoedID
            return (try? item.change(of: model, by: speaker.identity)).map { change in
                erases ? Write(key: change.key, base: nil, scope: nil, action: .erase) : Write(change)
            }
        }
        let author = erases ? Author.server : .client(speaker.identity)
        write(WriteBatch(author: author, writes: writes, isAtomic: isAtomic), to: model)
    }

    private mutating func write(_ batch: WriteBatch, to model: Model) {
        let plan = plan(batch)
        let outcomes = plan.outcomes[0]
        require(outcomes.count == batch.writes.count, "A write has no outcome.")
        for (outcome, write) in zip(outcomes, batch.writes) { check(outcome, of: write, by: batch.author, in: model) }
        check(plan.changes, of: model)
        if batch.isAtomic, !outcomes.allSatisfy(\.isDone) {
            require(plan.changes.isEmpty, "A part of what is to be written together was written.")
        }
        let before = records
        for change in plan.changes { records[change.key] = change }
        if let last = plan.changes.last { head = LogHead(version: last.version, stamp: last.stamp) }
        checkRepetition(of: batch, outcomes, since: before)
    }

    private func plan(_ batch: WriteBatch) -> GroupPlan {
        let resolutions = Dictionary(uniqueKeysWithValues: schema.models.map { ($0.name, resolution) })
        return GroupPlan(
            [batch], schema: schema, resolutions: resolutions, head: head, records: records, now: now)
    }

    /// Takes the longer text, and gives up where there is none.
    private var resolution: RecordConflict.Resolution {
        { conflict in
            let stored = conflict.stored.fields.bytes.count
            return conflict.fields.contains("t") ? nil : stored & 1 == 0 ? [:] : ["i": 7, "b": false]
        }
    }

    private func check(_ changes: [Record], of model: Model) {
        var next = head.version.next
        var stamp = head.stamp
        var latest = records
        for change in changes {
            require(change.version == next, "Version \(change.version) where \(next) is next.")
            next = next.next
            require(change.stamp > stamp, "Stamp \(change.stamp) does not follow \(stamp).")
            stamp = change.stamp
            if let before = latest[change.key] {
                require(change.scope == before.scope && change.id == before.id, "A record has become another.")
                require(change.updated >= before.updated, "A record was changed before it was.")
            }
            latest[change.key] = change
            require(change.history.bytes.count <= RecordHistory.maximumByteCount, "A history is too long.")
            var frames = FrameBuffer()
            frames.appendUpdate(change, of: model, as: .push)
            let payload = frames.bytes.dropFirst(frames.bytes[1] == 127 ? 10 : frames.bytes[1] == 126 ? 4 : 2)
            guard let update = try? JSONValue.parse(payload, limits: .history), update.firstFault == nil else {
                fatalError("What devices are sent is no JSON: \(String(decoding: payload, as: UTF8.self))")
            }
        }
    }

    private func check(_ outcome: WriteOutcome, of write: Write, by author: Author, in model: Model) {
        switch outcome {
        case .accepted(let record), .resolved(let record), .repeated(let record), .conflict(let record):
            require(record.key == write.key, "The outcome is that of another record.")
            if case .client(let identity) = author {
                require(model.scopes(of: identity).contains(record.scope), "A foreign record is shown or written.")
            }
        case .rejected(let error):
            require(!error.message.isEmpty, "There is no reason.")
        case .answered: fatalError("An upload by version was taken for a push.")
        }
    }

    /// A client that had no answer sends the same again.
    private func checkRepetition(of batch: WriteBatch, _ outcomes: [WriteOutcome], since before: [RecordKey: Record]) {
        guard case .client = batch.author else { return }
        let again = plan(batch)
        require(again.outcomes.count == 1, "Another number of outcomes.")
        guard !batch.isAtomic || outcomes.allSatisfy(\.isDone) else { return }
        for (index, write) in batch.writes.enumerated() {
            guard case .accepted = outcomes[index], batch.writes.count(where: { $0.key == write.key }) == 1 else {
                continue
            }
            // Nobody has seen a version that is still to come.
            guard let base = write.base, base <= before[write.key]?.version ?? .zero else { continue }
            if case .accepted(let record) = again.outcomes[0][index] {
                fatalError("An upload that came again was written again: \(record)")
            }
        }
    }
}

extension WriteOutcome {
    fileprivate var isDone: Bool {
        switch self {
        case .accepted, .resolved, .repeated, .answered: true
        case .conflict, .rejected: false
        }
    }
}
