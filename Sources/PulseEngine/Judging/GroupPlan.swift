import PulseModel
import PulseWire

/// The writes of one author, judged one after the other.
public struct WriteBatch: Sendable {
    public let author: Author
    public let writes: [Write]
    /// Whether all of them are written, in one commit, or none.
    public let isAtomic: Bool
    /// Bytes of all values.
    public let byteCount: Int

    public init(author: Author, writes: [Write], isAtomic: Bool = false) {
        self.author = author
        self.writes = writes
        self.isAtomic = isAtomic
        byteCount = writes.reduce(0) { $0 + $1.byteCount }
    }

    /// The second half and then the first, to be taken from the end.
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

    /// Judges batches in order, each write on top of those before it.
    ///
    /// - Parameter resolutions: the application's functions for conflicts.
    public init(
        _ batches: [WriteBatch], schema: Schema, resolutions: [ModelName: RecordConflict.Resolution] = [:],
        head: Version, records: [RecordKey: Record], now: Timestamp
    ) {
        var records = records
        var next = head.next
        var byteCount = 0
        outcomes.reserveCapacity(batches.count)
        for batch in batches {
            let firstChange = changes.count
            var replaced: [Record?] = []
            var batchOutcomes: [WriteOutcome] = []
            batchOutcomes.reserveCapacity(batch.writes.count)
            var model: Model?
            for write in batch.writes {
                if model?.name != write.key.model { model = schema[write.key.model] }
                guard let model else {
                    batchOutcomes.append(.rejected(ItemError("There is no model '\(write.key.model)'.")))
                    continue
                }
                let outcome = Judge.judge(
                    write, by: batch.author, on: records[write.key], of: model, version: next, now: now,
                    resolve: resolutions.isEmpty ? nil : resolutions[model.name])
                if case .accepted(let record) = outcome {
                    replaced.append(records.updateValue(record, forKey: write.key))
                    changes.append(record)
                    next = next.next
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
                next = Version(next.number - Int64(replaced.count))
                changes.removeLast(replaced.count)
                // Nobody may be told of a version that was never written.
                batchOutcomes = batchOutcomes.map { outcome in
                    guard case .conflict(let record) = outcome, record.version >= next else { return outcome }
                    return records[record.key].map { .conflict($0) } ?? .rejected(.missing)
                }
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
