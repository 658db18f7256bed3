import NIOCore

/// A simulated phone: it comes and goes, asks for what is new, changes records and uploads the changes until each is
/// answered. Lives on its fleet's event loop.
final class Phone {
    private enum Waiting {
        case nothing
        /// The answer to what was sent behind the delta request.
        case barrier
        /// The answer to so many changes, the first that are pending.
        case uploads(Int)
    }

    let number: Int
    let user: Int64
    let habit: Habit
    private let fleet: Fleet
    private let writer: ChangeWriter
    private let hasSimpleCursor: Bool
    private(set) var numbers: SeededNumbers
    private(set) var storage = PhoneStorage()
    private(set) var session: PhoneSession?
    private var presence = Presence()
    private var isDialling = false
    private var isCounting = false
    private var waiting = Waiting.nothing
    private var failures = 0
    private var answerDue: Scheduled<Void>?
    /// What was in conflict and is to be changed again, on top of what comes.
    private var remade: Set<RecordID> = []

    init(_ number: Int, of fleet: Fleet, numbers: SeededNumbers, habit: Habit? = nil, user: Int64? = nil) {
        var numbers = numbers
        let plan = fleet.plan
        self.number = number
        self.fleet = fleet
        self.user = user ?? plan.user(of: number)
        self.habit = habit ?? Habit(of: number, day: plan.day)
        hasSimpleCursor = numbers.chance(plan.simpleCursors)
        writer = ChangeWriter(
            table: plan.table, userID: plan.withUserID ? String(self.user) : nil,
            clock: plan.withClocks ? PhoneClock.text(&numbers) : nil)
        self.numbers = numbers
    }

    var isDone: Bool { storage.pending.isEmpty && session != nil && !isWaiting }

    private var isWaiting: Bool {
        if case .nothing = waiting { false } else { true }
    }

    // MARK: connecting

    func connect(in seconds: Double = 0) {
        fleet.after(seconds) {
            guard self.session == nil, !self.isDialling, !self.fleet.isOver else { return }
            self.isDialling = true
            self.presence.begin(at: self.fleet.now)
            let worker = Int.random(in: self.fleet.plan.endpoints.indices, using: &self.numbers)
            self.fleet.dial(PhoneSession(self, worker: worker), user: self.user)
        }
    }

    /// When that is.
    func opened(_ session: PhoneSession) -> Int64 {
        let now = fleet.now
        isDialling = false
        failures = 0
        self.session = session
        isCounting = false
        fleet.checker.connected(number, worker: session.worker, askingAfter: storage.cursor, at: now)
        fleet.tally.connections += 1
        session.link?.writeDeltaRequest(of: writer.table, after: storage.cursor)
        // Its answer comes from behind the request.
        session.link?.write(expectedBytes: 100) { writer.writeUpload([], single: false, into: &$0) }
        session.link?.flush()
        wait(.barrier)
        if let online = habit.online(at: fleet.seconds, &numbers) {
            fleet.after(online) { if !self.fleet.isResting { self.hangUp(session) } }
        }
        doze(session)
        return now
    }

    func failed() {
        isDialling = false
        failures += 1
        fleet.tally.failedConnections += 1
        connect(in: numbers.pick(0.5...1) * min(1, 0.1 * Double(1 << min(failures, 4))))
    }

    func ended(_ session: PhoneSession) {
        guard self.session === session else { return }
        let now = fleet.now
        self.session = nil
        presence.end(at: now)
        var unanswered = 0
        if case .uploads(let count) = waiting { unanswered = count }
        wait(.nothing)
        fleet.checker.ended(number, unanswered: storage.pending.prefix(unanswered), at: now)
        connect(in: fleet.isResting ? numbers.pick(0.05...0.3) : habit.away(at: fleet.seconds, &numbers))
    }

    func hangUp(_ session: PhoneSession) {
        session.hangUp()
        ended(session)
    }

    private func doze(_ session: PhoneSession) {
        guard !fleet.isResting, let (after, seconds) = habit.dozing(&numbers) else { return }
        fleet.after(after) {
            session.read(false)
            self.fleet.after(seconds) {
                session.read(true)
                if self.session === session { self.doze(session) }
            }
        }
    }

    // MARK: changing

    func change() {
        guard storage.pending.count < FleetPlan.mostPending else {
            fleet.tally.dropped += 1
            return
        }
        let share = Double.random(in: 0..<1, using: &numbers)
        if share < 0.5 || !change(storage.ids.randomElement(using: &numbers), share) {
            add(fleet.ids.next(), base: 0, wasDeleted: false, .asItWas)
        }
        upload()
    }

    /// Edits, deletes or restores a record of the user's, whichever phone made it.
    private func change(_ id: RecordID?, _ share: Double) -> Bool {
        guard let id, let copy = storage.copies[id], !storage.isBusy(id) else { return false }
        if copy.isDeleted {
            guard share > 0.8 else { return false }
            add(id, base: copy.version, wasDeleted: true, share > 0.9 ? .restore : .asItWas)
        } else {
            add(id, base: copy.version, wasDeleted: false, share > 0.9 ? .delete : .asItWas)
        }
        return true
    }

    private func add(_ id: RecordID, base: Int64, wasDeleted: Bool, _ deletion: Change.Deletion) {
        storage.add(
            fleet.checker.changed(
                id, by: number, base: base, wasDeleted: wasDeleted, deletion: deletion,
                present: presence.total(at: fleet.now)))
        fleet.tally.changes += 1
    }

    /// Sends what is pending, one upload at a time.
    private func upload() {
        guard let session, !isWaiting, !storage.pending.isEmpty else { return }
        let changes = storage.pending.prefix(fleet.plan.batch)
        session.link?.write(expectedBytes: 64 + changes.count * RecordWriter.expectedRecordBytes) {
            writer.writeUpload(changes, single: changes.count == 1 && numbers.chance(0.7), into: &$0)
        }
        session.link?.flush()
        let now = fleet.now
        fleet.checker.sent(changes, by: number, worker: session.worker, present: presence.total(at: now), at: now)
        wait(.uploads(changes.count))
    }

    private func wait(_ next: Waiting) {
        answerDue?.cancel()
        answerDue = nil
        waiting = next
        guard isWaiting, let session else { return }
        answerDue = fleet.after(Double(FleetPlan.patience.nanoseconds) / 1e9) {
            guard self.session === session else { return }
            self.fleet.tally.silences += 1
            self.hangUp(session)
        }
    }

    // MARK: being told

    func received(_ message: ServerMessage, on session: PhoneSession) {
        guard self.session === session else { return }
        switch message {
        case .update(let update): take(update, session)
        case .answer(let answer): take(answer)
        case .error(let code, let isRetryable): refused(code, isRetryable)
        case .malformed: fleet.checker.misfit("a message that cannot be read", of: number)
        case .hardDelete, .other: break
        }
    }

    private func take(_ update: RecordUpdate, _ session: PhoneSession) {
        let now = fleet.now
        isCounting = isCounting || update.isDelta
        storage.store(update, counts: isCounting || hasSimpleCursor)
        fleet.checker.received(update, by: number, at: now)
        fleet.saw(update, at: self, session, now)
        guard !remade.isEmpty, let copy = storage.copies[update.id], copy.version == update.version,
            !storage.isBusy(update.id), !copy.isDeleted, remade.remove(update.id) != nil, !fleet.isResting
        else { return }
        add(update.id, base: copy.version, wasDeleted: false, .asItWas)
        upload()
    }

    private func take(_ answer: UploadAnswer) {
        switch waiting {
        case .nothing: fleet.checker.misfit("an answer to nothing", of: number)
        case .barrier:
            isCounting = true
            fleet.checker.counts(number)
            wait(.nothing)
        case .uploads(let count):
            let changes = storage.pending.prefix(count)
            let synced = Set(answer.synced)
            let conflicts = Set(answer.conflicts)
            if synced.count + conflicts.count + answer.errors != count
                || !synced.union(conflicts).isSubset(of: Set(changes.map(\.id)))
            {
                fleet.checker.misfit("\(answer) answers an upload of \(changes.map(\.number))", of: number)
            }
            for change in changes {
                let outcome: Checker.Answer =
                    synced.contains(change.id) ? .success : conflicts.contains(change.id) ? .conflict : .error
                fleet.answered(outcome, to: change, of: self)
            }
            storage.settle(first: count, refused: Set(changes.lazy.map(\.id).filter { !synced.contains($0) }))
            for id in answer.conflicts where numbers.chance(0.5) { remade.insert(id) }
            wait(.nothing)
        }
        upload()
    }

    /// An error stands for the oldest upload.
    private func refused(_ code: Int64, _ isRetryable: Bool) {
        fleet.tally.refusals += 1
        if !isRetryable { fleet.checker.misfit("error \(code)", of: number) }
        guard isWaiting else { return }
        if case .barrier = waiting {
            // Without its answer nothing can be told apart.
            return session.map(hangUp) ?? ()
        }
        wait(.nothing)
        fleet.after(numbers.pick(0.1...0.3)) { self.upload() }
    }
}
