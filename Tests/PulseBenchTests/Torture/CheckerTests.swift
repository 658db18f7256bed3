import PulseBench
import Testing

/// What a checker finds in small histories. Phones 0 and 1 are user 7's, phone 2 is user 8's; 3 and 4 show the end.
@Suite struct CheckerTests {
    private struct Story {
        var checker = Checker(users: [7, 7, 8, 7, 8])
        var storages = (0..<5).map { _ in PhoneStorage() }
        var time: Int64 = 0
        var newID: UInt64 = 0

        init() {
            for phone in 0..<5 { connect(phone, after: 0) }
        }

        mutating func connect(_ phone: Int, after version: Int64) {
            checker.connected(phone, worker: 0, askingAfter: version, at: tick())
            checker.counts(phone)
        }

        mutating func tick() -> Int64 {
            time += 1
            return time
        }

        mutating func change(
            _ id: RecordID? = nil, by phone: Int = 0, on base: Int64 = 0, wasDeleted: Bool = false,
            _ deletion: Change.Deletion = .asItWas
        ) -> Change {
            newID += 1
            let change = checker.changed(
                id ?? RecordID(high: 1, low: newID), by: phone, base: base, wasDeleted: wasDeleted, deletion: deletion,
                present: 0)
            send(change, by: phone)
            return change
        }

        mutating func send(_ change: Change, by phone: Int = 0) {
            checker.sent([change], by: phone, worker: 0, present: 0, at: tick())
        }

        mutating func answer(_ answer: Checker.Answer, to change: Change, of phone: Int = 0) {
            checker.answered(answer, to: change, of: phone, at: tick())
        }

        mutating func show(
            _ change: Change, _ version: Int64, to phones: Int..., isDeleted: Bool = false, description: Int? = nil
        ) {
            let update = RecordUpdate(
                id: change.id, version: version, isDeleted: isDeleted, title: change.number,
                description: description ?? change.number)
            for phone in phones {
                checker.received(update, by: phone, at: tick())
                storages[phone].store(update, counts: true)
            }
        }

        /// The rules that were broken.
        mutating func end() -> Set<Rule> {
            checker.finish(
                storages.indices.map { Checker.Holding(phone: $0, storage: storages[$0]) },
                stored: [7: storages[3], 8: storages[4]])
            return Set(checker.counts.keys)
        }
    }

    @Test func `a change that is acknowledged and shown to all is nothing to find`() {
        var story = Story()
        let first = story.change()
        story.answer(.success, to: first)
        story.show(first, 1, to: 0, 1, 3)
        let second = story.change(first.id, by: 1, on: 1)
        story.answer(.success, to: second, of: 1)
        story.show(second, 2, to: 0, 1, 3)
        #expect(story.end() == [])
    }

    @Test func `an acknowledged change that nobody is shown is lost`() {
        var story = Story()
        let change = story.change()
        story.answer(.success, to: change)
        #expect(story.end() == [.lost])
    }

    @Test func `an acknowledged change below one that is stored, on the same version, is lost`() {
        var story = Story()
        let first = story.change()
        story.answer(.success, to: first)
        story.show(first, 1, to: 0, 1, 3)
        let lost = story.change(first.id, on: 1)
        story.answer(.success, to: lost)
        let other = story.change(first.id, by: 1, on: 1)
        story.answer(.success, to: other, of: 1)
        story.show(other, 2, to: 0, 1, 3)
        #expect(story.end() == [.lost, .overwritten])
    }

    @Test func `a change that was overtaken while a slow phone read is not lost`() {
        var story = Story()
        let first = story.change()
        story.answer(.success, to: first)
        story.show(first, 1, to: 0)
        let second = story.change(first.id, on: 1)
        story.answer(.success, to: second)
        story.show(second, 2, to: 0)
        story.show(second, 2, to: 1, 3)
        #expect(story.end() == [])
    }

    @Test func `a change without an answer may be there or not`() {
        var story = Story()
        let absent = story.change()
        story.checker.ended(0, unanswered: [absent], at: story.tick())
        let present = story.change(by: 1)
        story.checker.ended(1, unanswered: [present], at: story.tick())
        story.connect(0, after: 0)
        story.connect(1, after: 0)
        story.show(present, 1, to: 0, 1, 3)
        #expect(story.end() == [])
        #expect(story.checker.phases[0].unknown == 2)
    }

    @Test func `what was shown and is not stored has vanished`() {
        var story = Story()
        story.show(story.change(), 1, to: 0, 1)
        #expect(story.end() == [.vanished])
    }

    @Test func `a repeat with a second version is found`() {
        var story = Story()
        let change = story.change()
        story.show(change, 1, to: 0, 1, 3)
        story.send(change)
        story.answer(.success, to: change)
        story.show(change, 2, to: 0, 1, 3)
        #expect(story.end() == [.repeated])
    }

    @Test func `a repeat may be shown again, and only then`() {
        var story = Story()
        let first = story.change()
        let second = story.change()
        story.show(first, 1, to: 0, 1, 3)
        story.show(second, 2, to: 0, 1, 3)
        story.send(first)
        story.show(first, 1, to: 0)
        #expect(story.end() == [])
        story.show(first, 1, to: 1)
        #expect(story.end() == [.order])
    }

    @Test func `a repeat of what is stored must not be a conflict`() {
        var story = Story()
        let change = story.change()
        story.send(change)
        story.answer(.conflict, to: change)
        story.show(change, 1, to: 0, 1, 3)
        #expect(story.end() == [.refused])
    }

    @Test func `a conflict with nothing newer is found`() {
        var story = Story()
        let absent = story.change()
        story.answer(.conflict, to: absent)
        let stored = story.change()
        story.show(stored, 1, to: 0, 1, 3)
        let edit = story.change(stored.id, by: 1, on: 1)
        story.answer(.conflict, to: edit, of: 1)
        #expect(story.end() == [.refused])
        #expect(story.checker.counts[.refused] == 2)
    }

    @Test func `a version that is used twice is found`() {
        var story = Story()
        story.show(story.change(), 1, to: 0, 1, 3)
        story.show(story.change(by: 2), 1, to: 2, 4)
        #expect(story.end() == [.reused])
    }

    @Test func `a version below one that was shown before the change was made is found`() {
        var story = Story()
        story.show(story.change(), 5, to: 0, 1, 3)
        story.show(story.change(by: 2), 4, to: 2, 4)
        #expect(story.end() == [.order])
    }

    @Test func `a phone that lacks a record has skipped it`() {
        var story = Story()
        let change = story.change()
        story.answer(.success, to: change)
        story.show(change, 1, to: 0, 3)
        #expect(story.end() == [.skipped])
        #expect(story.checker.findings.first?.phone == 1)
    }

    @Test func `a phone that has more than is stored is found`() {
        var story = Story()
        story.storages[1].store(
            RecordUpdate(id: RecordID(high: 9, low: 9), version: 1, title: nil, description: nil), counts: true)
        #expect(story.end() == [.vanished])
        #expect(story.checker.findings.first?.phone == 1)
    }

    @Test func `another user's record is leaked`() {
        var story = Story()
        let change = story.change()
        story.show(change, 1, to: 0, 1, 3)
        story.checker.received(
            RecordUpdate(id: change.id, version: 1, title: change.number, description: change.number), by: 2, at: 9)
        story.checker.received(
            RecordUpdate(id: RecordID(high: 9, low: 9), version: 2, userID: 7, title: nil, description: nil), by: 2,
            at: 10)
        #expect(story.end() == [.leaked])
        #expect(story.checker.counts[.leaked] == 2)
    }

    @Test func `half a change is torn`() {
        var story = Story()
        let first = story.change()
        story.show(first, 1, to: 0, 1, 3)
        let second = story.change(first.id, on: 1)
        story.show(second, 2, to: 0, 1, 3, description: first.number)
        #expect(story.end() == [.torn])
    }

    @Test func `a change that was in conflict and is stored is torn`() {
        var story = Story()
        let change = story.change()
        story.answer(.conflict, to: change)
        story.show(change, 1, to: 0, 1, 3)
        #expect(story.end() == [.torn])
    }

    @Test func `a deleted record that is edited stays deleted`() {
        var story = Story()
        let first = story.change()
        story.show(first, 1, to: 0, 1, 3)
        let deletion = story.change(first.id, on: 1, .delete)
        story.show(deletion, 2, to: 0, 1, 3, isDeleted: true)
        let edit = story.change(first.id, on: 2, wasDeleted: true)
        story.show(edit, 3, to: 0, 1, 3)
        #expect(story.end() == [.undead])
    }

    @Test func `a change on an old version must not be accepted`() {
        var story = Story()
        let first = story.change()
        story.show(first, 1, to: 0, 1, 3)
        let second = story.change(first.id, on: 1)
        story.show(second, 2, to: 0, 1, 3)
        let stale = story.change(first.id, on: 1)
        story.answer(.success, to: stale)
        #expect(story.end().contains(.overwritten))
    }

    @Test func `a history shows what concerns the finding, and nothing else`() {
        var story = Story()
        let lost = story.change()
        let other = story.change()
        story.checker.fault("cut", at: story.tick())
        story.answer(.success, to: other)
        story.answer(.success, to: lost)
        story.show(other, 1, to: 0, 1, 3)
        #expect(story.end() == [.lost])
        let lines = story.checker.history(of: story.checker.findings[0])
        #expect(lines.contains { $0.contains("uploads w0") })
        #expect(lines.contains { $0.contains("w0 is acknowledged") })
        #expect(lines.contains { $0.contains("fault: cut") })
        #expect(!lines.contains { $0.contains("w1") })
    }

    @Test func `what happens under a fault counts for it`() {
        var story = Story()
        story.checker.begin(phase: "worker-kill")
        let change = story.change()
        story.answer(.success, to: change)
        story.checker.begin(phase: "cut")
        #expect(story.end() == [.lost])
        #expect(story.checker.phases.map(\.acked) == [0, 1, 0])
        #expect(story.checker.phaseCounts == [[:], [.lost: 1], [:]])
    }
}
