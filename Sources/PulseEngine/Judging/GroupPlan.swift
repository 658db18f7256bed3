import PulseModel

/// The writes of one author to one model, judged one after the other.
public struct WriteBatch: Sendable {
    public let model: Model
    public let author: Author
    public let writes: [Write]
    /// Bytes of all values.
    public let byteCount: Int

    public init(model: Model, author: Author, writes: [Write]) {
        self.model = model
        self.author = author
        self.writes = writes
        byteCount = writes.reduce(0) { $0 + $1.byteCount }
    }

    /// The second half and then the first, to be taken from the end.
    var halves: [WriteBatch] {
        let middle = writes.count / 2
        return [writes[middle...], writes[..<middle]].map {
            WriteBatch(model: model, author: author, writes: Array($0))
        }
    }
}

/// What one commit does: the records it writes and what became of every write of every batch.
public struct GroupPlan: Sendable {
    /// In version order, from the version behind the head on, without a gap.
    public private(set) var changes: [Record] = []
    /// One list a batch, one outcome a write.
    public private(set) var outcomes: [[WriteOutcome]] = []

    /// Judges batches in order, each write on top of those before it.
    public init(_ batches: [WriteBatch], head: Version, records: [RecordKey: Record], now: Timestamp) {
        var records = records
        var next = head.next
        outcomes.reserveCapacity(batches.count)
        for batch in batches {
            var batchOutcomes: [WriteOutcome] = []
            batchOutcomes.reserveCapacity(batch.writes.count)
            for write in batch.writes {
                let outcome = Judge.judge(
                    write, by: batch.author, on: records[write.key], of: batch.model, version: next, now: now)
                if case .accepted(let record) = outcome {
                    records[write.key] = record
                    changes.append(record)
                    next = next.next
                }
                batchOutcomes.append(outcome)
            }
            outcomes.append(batchOutcomes)
        }
    }
}
