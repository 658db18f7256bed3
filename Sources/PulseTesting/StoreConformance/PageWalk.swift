import PulseEngine
import PulseModel

extension ChangeStore {
    /// Reads page after page until `upTo`, and holds each page to what a page promises.
    ///
    /// - Returns: the records of all pages.
    func walk(
        _ reach: LogQuery.Reach, upTo: Version, maximumRecords: Int = 512, maximumBytes: Int = 256 << 10
    ) async throws -> [Record] {
        var reach = reach
        var records: [Record] = []
        var pageCount = 0
        while true {
            let query = LogQuery(reach, upTo: upTo, maximumRecords: maximumRecords, maximumBytes: maximumBytes)
            let page = try await read(query)
            try page.check(against: query)
            records += page.records
            if page.reached == upTo { break }
            reach = reach.moved(to: page.reached)
            pageCount += 1
            try expect(pageCount < 100_000, "the pages come to an end")
        }
        for (record, next) in zip(records, records.dropFirst()) {
            try expect(record.version < next.version, "\(next.version) follows \(record.version) in version order")
        }
        return records
    }
}

extension LogQuery.Reach {
    /// What is left when everything up to `reached` has been read.
    func moved(to reached: Version) -> LogQuery.Reach {
        switch self {
        case .everything(let after):
            .everything(after: max(after, reached))
        case .lanes(let lanes):
            .lanes(
                lanes.map { LogQuery.Lane(model: $0.model, scope: $0.scope, after: max($0.after, reached)) })
        }
    }

    /// Whether a record lies in it.
    func contains(_ record: Record) -> Bool {
        switch self {
        case .everything(let after):
            record.version > after
        case .lanes(let lanes):
            lanes.contains {
                $0.model == record.key.model && $0.scope == record.scope && record.version > $0.after
            }
        }
    }
}

extension LogPage {
    /// More than any store counts for a record beside its fields.
    private static let generousOverhead = 1_024

    func check(against query: LogQuery) throws {
        for (record, next) in zip(records, records.dropFirst()) {
            try expect(record.version < next.version, "\(next.version) follows \(record.version) in version order")
        }
        for record in records {
            try expect(query.reach.contains(record), "the query asks for \(record)")
            try expect(record.version <= query.upTo, "\(record.version) is not behind \(query.upTo)")
            try expect(record.version <= reached, "the page reaches its record of version \(record.version)")
        }
        try expect(reached <= query.upTo, "a page up to \(query.upTo) reaches no further, not \(reached)")
        try expect(records.count <= max(1, query.maximumRecords), "a page has at most \(query.maximumRecords) records")
        let sizes = records.map(\.fields.bytes.count)
        try expect(
            sizes.dropLast().reduce(0, +) < max(1, query.maximumBytes),
            "the page ends with the record that reaches \(query.maximumBytes) bytes, not \(sizes)")
        let isFull =
            records.count >= query.maximumRecords
            || sizes.reduce(0, { $0 + $1 + Self.generousOverhead }) >= query.maximumBytes
        if !isFull {
            try expect(reached, is: query.upTo, "what a page reaches that is not full")
        }
        if records.isEmpty {
            try expect(reached, is: query.upTo, "what an empty page reaches")
        } else if reached < query.upTo {
            try expect(reached, is: records[records.count - 1].version, "what a page before the last reaches")
        }
    }
}
