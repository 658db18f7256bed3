import Pulse
import Testing

/// The application's reads and writes with Swift values.
@Suite struct TypedRecordsTests {
    private let ann = UserID("1")!

    @Test func `A value is created, saved, found, deleted and gone`() async throws {
        let application = try await TestApplication([.model(Note.self)])
        let records = application.records
        var note = Note(title: "A")
        try await records.create(&note, for: ann)
        #expect(note.version == Version(1) && note.owner == ann && note.id == 1 && note.createdAt != nil)
        note.rank = 5
        try await records.save(&note)
        #expect(note.version == Version(2))
        #expect(try await records.fetch(Note.self, note.syncID) == note)
        try await records.save(&note)
        #expect(note.version == Version(2), "Without a change nothing is written.")
        try await records.softDelete(&note)
        #expect(note.isDeleted)
        try await records.hardDelete(note)
        #expect(try await records.fetch(Note.self, note.syncID) == nil)
    }

    @Test func `A save fails with the record as it is when somebody was faster`() async throws {
        let application = try await TestApplication([.model(Note.self)])
        let records = application.records
        var note = Note(title: "A")
        try await records.create(&note, for: ann)
        var other = note
        other.title = "B"
        try await records.save(&other)
        note.title = "C"
        do {
            try await records.save(&note)
            Issue.record("Nobody was faster.")
        } catch RecordsError.conflict(let current) {
            #expect(try Note(current) == other)
        }
        var never = Note(title: "never created")
        await #expect(throws: RecordsError.self) { try await records.save(&never) }
    }

    @Test func `A change by what is there is made again when somebody was faster`() async throws {
        let application = try await TestApplication([.model(Note.self)])
        let records = application.records
        var note = Note(title: "A")
        try await records.create(&note, for: ann)
        let id = note.syncID
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await records.update(Note.self, id) { $0.rank += 1 } } }
            try await group.waitForAll()
        }
        #expect(try await records.fetch(Note.self, id)?.rank == 20)
        struct Stop: Error {}
        await #expect(throws: Stop.self) { try await records.update(Note.self, id) { _ in throw Stop() } }
        #expect(try await records.fetch(Note.self, id)?.version == Version(21))
    }

    @Test func `Several values are written in one commit, or none of them`() async throws {
        let application = try await TestApplication([.model(Note.self)])
        let records = application.records
        var first = Note(title: "A")
        try await records.create(&first, for: ann)
        let stale = first
        first.title = "A2"
        try await records.commit { changes in
            try changes.create(Note(title: "B"), for: ann)
            try changes.save(first)
        }
        #expect(try await records.query(Note.self).count() == 2)
        await #expect(throws: RecordsError.self) {
            try await records.commit { changes in
                try changes.create(Note(title: "C"), for: ann)
                changes.hardDelete(stale)
            }
        }
        #expect(try await records.query(Note.self).count() == 2)
    }

    @Test func `Queries name properties`() async throws {
        let application = try await TestApplication([.model(Note.self)])
        let records = application.records
        for index in 0..<10 {
            var note = Note(title: "n\(index)", rank: index % 4, isDone: index % 2 == 0)
            if index < 3 { note.due = CalendarDate(year: 2026, month: 2, day: 1 + index) }
            try await records.create(&note, for: index < 8 ? ann : UserID("2")!)
        }
        let query = records.query(Note.self).in(.user(ann))
        #expect(try await query.count() == 8)
        #expect(try await query.where(\.rank >= 2).where(\.isDone == true).all().map(\.title) == ["n2", "n6"])
        #expect(try await query.where(\.due == nil).count() == 5)
        #expect(try await query.where(\.due < CalendarDate(year: 2026, month: 2, day: 3)).count() == 2)
        #expect(try await query.where(\.title != "n0").ordered(by: \.rank, descending: true).first()?.title == "n3")
        var titles: [String] = []
        var page = query.ordered(by: \.rank).limit(3)
        while true {
            let notes = try await page.all()
            titles += notes.map(\.title)
            guard let last = notes.last else { break }
            page = page.after(last)
        }
        #expect(titles == ["n0", "n4", "n1", "n5", "n2", "n6", "n3", "n7"])
        var gone = try #require(try await query.first())
        try await records.softDelete(&gone)
        #expect(try await query.count() == 7)
        #expect(try await query.includingDeleted().count() == 8)
    }

    @Test func `A feed has values, and ids of what is gone`() async throws {
        let application = try await TestApplication([.model(Note.self)])
        let running = _Concurrency.Task { try await application.engine.run() }
        defer { running.cancel() }
        var notes = [Note(title: "A"), Note(title: "B")]
        for index in notes.indices { try await application.records.create(&notes[index], for: ann) }
        try await application.records.hardDelete(notes[0])
        var seen: [String] = []
        var cursor: FeedCursor?
        for try await change in try await application.records.changes(of: Note.self) {
            switch change.content {
            case .saved(let note): seen.append(note.title)
            case .hardDeleted(let id): seen.append(id == notes[0].syncID ? "gone" : "?")
            }
            cursor = change.cursor
            if seen.count == 2 { break }
        }
        #expect(seen == ["B", "gone"])
        #expect(cursor?.version == Version(3))
    }
}
