import PulseModel
import PulseWire

/// The writes of one author, judged one after the other.
public struct WriteBatch: Sendable {
    public let author: Author
    public let writes: [Write]
    /// Whether all of them are written, in one commit, or none.
    public let isAtomic: Bool
    /// What it is known again by when its author, a client with an id, has got no answer and sends it again.
    public let receipt: PushReceipt?
    /// Bytes of all values.
    public let byteCount: Int

    /// - Parameter isRemembered: whether a client's batch is known again; see ``receipt``.
    public init(author: Author, writes: [Write], isAtomic: Bool = false, isRemembered: Bool = false) {
        self.author = author
        self.writes = writes
        self.isAtomic = isAtomic
        receipt = isRemembered ? PushReceipt(of: writes, by: author) : nil
        byteCount = writes.reduce(0) { $0 + $1.byteCount }
    }

    /// What has to be loaded to judge it.
    var keys: [RecordKey] { writes.map(\.key) + (receipt.map { [$0.key] } ?? []) }

    /// The second half and then the first, to be taken from the end. They are not known again as the whole: sent again,
    /// each write is judged for itself.
    var halves: [WriteBatch] {
        let middle = writes.count / 2
        return [writes[middle...], writes[..<middle]].map {
            WriteBatch(author: author, writes: Array($0))
        }
    }
}

/// What one commit does: the records it writes and what became of every write of every batch.
public struct GroupPlan: Sendable {
    /// In version order, from the version behind the head on, without a gap.
    public private(set) var changes: [Record] = []
    /// One list a batch, one outcome a write. Of an atomic batch in which one is not written none is, whatever the
    /// outcomes of the others say.
    public private(set) var outcomes: [[WriteOutcome]] = []
    /// Whether there would be more than ``maximumBytes`` of changes: then there are none, and no outcomes. Many small
    /// writes of one large record make a large record each.
    public private(set) var isTooLarge = false

    /// Bytes of the records that one commit may write, but always one record.
    public static let maximumBytes = 32 << 20

    /// How far ahead of the wall clock a stamp may be that a client names.
    public static let maximumLead = Duration.seconds(60)

    /// Whether a stamp is not further ahead of the wall clock than ``maximumLead``.
    static func isCredible(_ stamp: HybridTime, now: Timestamp) -> Bool {
        let lead = maximumLead.components.seconds * 1_000 * HybridTime.ticksPerMillisecond
        return stamp.ticks <= HybridTime(now).ticks + lead
    }

    /// Judges batches in order, each write on top of those before it.
    ///
    /// - Parameters:
    ///   - resolutions: the application's functions for conflicts.
    ///   - now: the wall clock, which stamps follow.
    public init(
        _ batches: [WriteBatch], schema: Schema, resolutions: [ModelName: RecordConflict.Resolution] = [:],
        head: LogHead, records: [RecordKey: Record], now: Timestamp
    ) {
        var records = records
        let writeCount = batches.reduce(0) { $0 + $1.writes.count }
        records.reserveCapacity(records.count + writeCount)
        changes.reserveCapacity(writeCount)
        var head = head
        var byteCount = 0
        outcomes.reserveCapacity(batches.count)
        for batch in batches {
            let firstChange = changes.count
            let before = head
            let remembered = batch.receipt.flatMap {
                schema[Model.push.name] == nil ? nil : PushMemory(records[$0.key])
            }
            let answers = batch.receipt.flatMap { remembered?.answers(to: $0) }
            var replaced: [Record?] = []
            var batchOutcomes: [WriteOutcome] = []
            batchOutcomes.reserveCapacity(batch.writes.count)
            var model: Model?
            for (index, write) in batch.writes.enumerated() {
                // Where even the tombstone has left the log, the client means it anew.
                if let answer = answers?[index], records[write.key] != nil {
                    batchOutcomes.append(.answered(answer))
                    continue
                }
                if model?.name != write.key.model { model = schema[write.key.model] }
                guard let model else {
                    batchOutcomes.append(.rejected(ItemError("There is no model '\(write.key.model)'.")))
                    continue
                }
                guard let next = head.next(after: write.basis, now: now) else {
                    batchOutcomes.append(.rejected(.farAhead))
                    continue
                }
                let outcome = Judge.judge(
                    write, by: batch.author, on: records[write.key], of: model, as: next, now: now,
                    resolve: resolutions.isEmpty ? nil : resolutions[model.name])
                if let record = outcome.change {
                    replaced.append(records.updateValue(record, forKey: write.key))
                    changes.append(record)
                    head = next
                    byteCount += record.byteCount
                    guard byteCount <= Self.maximumBytes || changes.count == 1 else {
                        (changes, outcomes, isTooLarge) = ([], [], true)
                        return
                    }
                }
                batchOutcomes.append(outcome)
            }
            if batch.isAtomic, !batchOutcomes.allSatisfy(\.isWritten) {
                for (change, before) in zip(changes[firstChange...], replaced).reversed() {
                    records[change.key] = before
                }
                head = before
                changes.removeLast(replaced.count)
                // Nobody may be told of a version that was never written.
                batchOutcomes = batchOutcomes.map { outcome in
                    guard case .conflict(let record) = outcome, record.version > head.version else { return outcome }
                    return records[record.key].map { .conflict($0) } ?? .rejected(.missing)
                }
            } else if let receipt = batch.receipt, let remembered, changes.count > firstChange,
                let next = head.next(after: .anything, now: now)
            {
                let record = receipt.record(
                    noting: batchOutcomes, beside: remembered, over: records[receipt.key], as: next, now: now)
                records[receipt.key] = record
                changes.append(record)
                head = next
                byteCount += record.byteCount
            }
            outcomes.append(batchOutcomes)
        }
        forgetHistories()
    }

    /// Only a record's last write is kept, so the others need not remember what was before.
    private mutating func forgetHistories() {
        var seen: Set<RecordKey> = []
        for index in changes.indices.reversed() where changes[index].history != .none {
            if !seen.insert(changes[index].key).inserted { changes[index] = changes[index].withoutHistory }
        }
    }
}

extension LogHead {
    /// What the next write gets.
    ///
    /// Stamps follow the wall clock, but never stand still or go back, whatever it does, and are above all stamps that
    /// writers have seen.
    ///
    /// - Returns: nil where the writer names a stamp that lies too far ahead of the clock, and of all others.
    func next(after basis: Write.Basis, now: Timestamp) -> LogHead? {
        let reading = HybridTime(now)
        var next = max(stamp.next, reading)
        if case .stamp(let parent?) = basis {
            guard parent <= stamp || GroupPlan.isCredible(parent, now: now) else { return nil }
            next = max(next, parent.next)
        }
        return LogHead(version: version.next, stamp: next)
    }
}

extension ItemError {
    static let farAhead = ItemError(
        "parent_version: is more than \(GroupPlan.maximumLead.components.seconds) seconds ahead of the server's clock")
}
