import PulseEngine
import PulseModel

/// A log in memory that keeps the promises of a store, one call at a time, and remembers every write it ever took.
struct MemoryLog {
    /// Every write, at its version − 1.
    private(set) var history: [Record] = []
    private(set) var current: [RecordKey: Record] = [:]
    /// To get it wrong: erased records leave no trace in what is read.
    var forgetsTombstones = false

    var head: Version { Version(Int64(history.count)) }
    var stamp: HybridTime { history.last?.stamp ?? .zero }

    /// Appends the changes of one commit.
    ///
    /// - Returns: what is wrong with them, if anything is.
    mutating func append(_ changes: [Record]) -> String? {
        for record in changes {
            guard record.version == head.next else { return "version \(record.version) was taken at head \(head)" }
            guard record.stamp > stamp else { return "stamp \(record.stamp) does not follow \(stamp)" }
            history.append(record)
            current[record.key] = record
        }
        return nil
    }

    func read(_ query: LogQuery) -> LogPage {
        let lanes: [LogQuery.Lane]?
        let after: Version
        switch query.reach {
        case .everything(let version): (lanes, after) = (nil, version)
        case .lanes(let some): (lanes, after) = (some, some.map(\.after).min() ?? query.upTo)
        }
        var records: [Record] = []
        let last = min(query.upTo.number, head.number)
        guard after.number < last else { return LogPage(records: [], reached: query.upTo) }
        for record in history[Int(after.number)..<Int(last)] where current[record.key]?.version == record.version {
            let isAsked =
                lanes?.contains {
                    $0.model == record.key.model && $0.scope == record.scope && $0.after < record.version
                } ?? true
            guard isAsked, !forgetsTombstones || record.state != .erased else { continue }
            records.append(record)
            if records.count >= query.maximumRecords { return LogPage(records: records, reached: record.version) }
        }
        return LogPage(records: records, reached: query.upTo)
    }
}

extension LogQuery {
    /// The same query for smaller pages.
    func limited(to maximumRecords: Int) -> LogQuery {
        LogQuery(reach, upTo: upTo, maximumRecords: maximumRecords, maximumBytes: maximumBytes)
    }
}
