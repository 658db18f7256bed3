import PulseEngine
import PulseModel

/// The simplest store there can be: what the others are compared with.
struct LogModel {
    private(set) var head = Version.zero
    private(set) var records: [RecordKey: Record] = [:]

    mutating func write(_ drafts: [Draft]) -> [Record] {
        drafts.map { draft in
            head = head.next
            let record = draft.record(at: LogHead(at: head), over: records[draft.key])
            records[draft.key] = record
            return record
        }
    }

    func read(_ reach: LogQuery.Reach, upTo: Version) -> [Record] {
        records.values.filter { $0.version <= upTo && reach.contains($0) }.sorted { $0.version < $1.version }
    }
}
