import PulseEngine
import PulseModel

extension StoreConformance {
    static let purgeCases = [
        Case("A purge takes the oldest tombstones of one model, and its floor rises to them") { store in
            let written = try await store.write(erasing: 0..<10, of: task, besides: 20..<25)
            _ = try await store.write(erasing: 30..<33, of: note, besides: 40..<41)
            let before = try await store.log()
            let purge = LogPurge(task, upTo: written[8].version)
            try expect(try await store.count(purge), is: 9, "the tombstones that may go")
            try expect(try await store.floors(), is: [:], "the floors before")
            try expect(try await store.purge(purge, maximumRecords: 4), is: 4, "the tombstones of the first step")
            try expect(try await store.floor(of: task), is: written[3].version, "the floor after the first step")
            try expect(try await store.purge(purge, maximumRecords: 50), is: 5, "the tombstones of the second step")
            try expect(try await store.purge(purge, maximumRecords: 50), is: 0, "the tombstones of the third step")
            let head = LogHead(version: written[8].version, stamp: written[8].stamp)
            try expect(try await store.floors(), is: [task: head], "the floors after")
            let gone = Set(written[...8].map(\.version))
            try expect(try await store.log(), are: before.filter { !gone.contains($0.version) }, "the log after")
            try expect(try await store.record(written[0].key) == nil, "a purged record is gone")
        },
        Case("A purge takes soft-deleted and live records where it is told to, and no others") { store in
            var drafts = (0..<6).map { Draft($0, in: user("1")) }
            drafts[1].state = .deleted
            drafts[3] = drafts[3].erased()
            let written = try await store.write(drafts)
            try await store.write([Draft(note, 9, in: group("red"))])
            let end = written[4].version
            let deletions = LogPurge(task, leaving: .deleted, upTo: end)
            try expect(try await store.count(deletions), is: 2, "the deletions")
            try expect(try await store.purge(deletions, maximumRecords: 10), is: 2, "the deletions that went")
            try expect(try await store.floor(of: task), is: written[3].version, "the floor behind the deletions")
            let all = LogPurge(task, leaving: .live, upTo: end)
            try expect(try await store.purge(all, maximumRecords: 10), is: 3, "the live records that went")
            try expect(try await store.log().filter { $0.key.model == task }, are: [written[5]], "what is left")
        },
        Case("The newest record of the log is never purged, and versions go on behind it") { store in
            let last = try await store.write(erasing: 0..<3, of: task, besides: 0..<0)[2]
            let purge = LogPurge(task, leaving: .live, upTo: Version(.max))
            try expect(try await store.count(purge), is: 2, "the records that may go")
            try expect(try await store.purge(purge, maximumRecords: 10), is: 2, "the records that went")
            try expect(try await store.position().head, is: last.version, "the head")
            try expect(try await store.log(), are: [last], "the log")
            let next = try await store.write([Draft(0, in: user("1"))])[0]
            try expect(next.version, is: last.version.next, "the next version")
            try expect(next.id, is: next.version.number, "the id of a record that comes back")
        },
        Case("A floor never sinks, and a stamp that was purged is still found") { store in
            let written = try await store.write(erasing: 0..<6, of: task, besides: 10..<12)
            _ = try await store.purge(LogPurge(task, upTo: written[4].version), maximumRecords: 10)
            _ = try await store.purge(LogPurge(task, leaving: .live, upTo: written[6].version), maximumRecords: 10)
            let floor = try await store.floor(of: task)
            try expect(floor, is: written[6].version, "the floor")
            _ = try await store.purge(LogPurge(task, upTo: written[2].version), maximumRecords: 10)
            try expect(try await store.floor(of: task), is: floor, "the floor after a purge of nothing")
            try expect(try await store.version(at: written[6].stamp), is: floor, "the version of the floor's stamp")
            try expect(try await store.version(at: written[5].stamp) < floor, "a stamp below the floor is below it")
        },
    ]
}

extension ChangeStore {
    /// Creates records of a model and erases those of them that `erased` says.
    ///
    /// - Returns: the tombstones in the order of their versions, and behind them the records that are live.
    fileprivate func write(erasing erased: Range<Int>, of model: ModelName, besides live: Range<Int>) async throws
        -> [Record]
    {
        let drafts = erased.map { Draft(model, $0, in: model == StoreConformance.note ? .red : .ann) }
        try await write(drafts)
        return try await write(drafts.map { $0.erased() } + live.map { Draft(model, $0, in: drafts[0].scope) })
    }

    fileprivate func log() async throws -> [Record] {
        try await walk(.everything(after: .zero), upTo: try await head())
    }
}

extension Scope {
    fileprivate static let ann = StoreConformance.user("1")
    fileprivate static let red = StoreConformance.group("red")
}
