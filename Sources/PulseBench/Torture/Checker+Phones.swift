extension Checker {
    // What phones do.

    package mutating func connected(_ phone: Int, worker: Int, askingAfter version: Int64, at now: Int64) {
        connections[phone] = Connection(newest: version)
        phoneEvents[phone].append(Event(at: now, phone: phone, kind: .connected(worker: worker)))
        phoneEvents[phone].append(Event(at: now, phone: phone, kind: .asked(after: version)))
    }

    /// The server has answered what the phone sent behind its delta request.
    package mutating func counts(_ phone: Int) {
        connections[phone]?.counts = true
    }

    /// `unanswered` are the changes on their way: they may be stored, or not.
    package mutating func ended(_ phone: Int, unanswered: ArraySlice<Change>, at now: Int64) {
        connections[phone] = nil
        phoneEvents[phone].append(Event(at: now, phone: phone, kind: .ended))
        for change in unanswered { phases[writes[change.number].phase].unknown += 1 }
    }

    /// Notes a change before it is sent, and returns it.
    ///
    /// - Parameter present: the phone's presence until now.
    package mutating func changed(
        _ id: RecordID, by phone: Int, base: Int64, wasDeleted: Bool, deletion: Change.Deletion, present: Int64
    ) -> Change {
        let index = indices[id] ?? records.count
        if index == records.count {
            records.append(Record(id: id, user: users[phone]))
            indices[id] = index
        }
        let isDeleted = deletion == .asItWas ? wasDeleted : deletion == .delete
        let change = Change(number: writes.count, id: id, base: base, deletion: deletion)
        records[index].writes.append(change.number)
        writes.append(Write(record: index, phone: phone, base: base, isDeleted: isDeleted, made: present, phase: phase))
        return change
    }

    package mutating func sent(
        _ changes: ArraySlice<Change>, by phone: Int, worker: Int, present: Int64, at now: Int64
    ) {
        for change in changes {
            let index = writes[change.number].record
            if writes[change.number].sends == 0 {
                writes[change.number].floor = newest
                writes[change.number].recordFloor = records[index].newest
            } else {
                connections[phone]?.again.insert(change.id)
            }
            writes[change.number].sends += 1
            writes[change.number].worker = worker
            writes[change.number].sentAt = now
            writes[change.number].since = now - (present - writes[change.number].made)
            writes[change.number].phase = phase
            note(.uploaded(base: change.base), of: change.number, phone, now)
        }
    }

    // What servers answer.

    package mutating func answered(_ answer: Answer, to change: Change, of phone: Int, at now: Int64) {
        time = now
        let write = writes[change.number]
        writes[change.number].answer = answer
        switch answer {
        case .success:
            phases[write.phase].acked += 1
            note(.succeeded, of: change.number, phone, now)
            if write.recordFloor > write.base {
                found(
                    .overwritten,
                    "w\(change.number) was accepted on version \(write.base), and version \(write.recordFloor) had been "
                        + "shown before it was sent",
                    record: change.id, phone: phone, changes: [change.number])
            }
        case .conflict:
            phases[write.phase].conflicts += 1
            note(.conflicted, of: change.number, phone, now)
            connections[phone]?.again.insert(change.id)
        case .error:
            note(.failed, of: change.number, phone, now)
            found(
                .refused, "w\(change.number) of phone \(phone) was refused", record: change.id, phone: phone,
                changes: [change.number])
        }
    }

    package mutating func misfit(_ said: String, of phone: Int) {
        found(.answer, "phone \(phone): \(said)", phone: phone)
    }

    /// The change that `update` shows; nil for what no phone of this run sent.
    func origin(of update: RecordUpdate) -> Write? {
        guard let number = update.title, number < writes.count else { return nil }
        return writes[number]
    }

    mutating func note(_ kind: Event.Kind, of number: Int, _ phone: Int, _ now: Int64) {
        records[writes[number].record].events.append(Event(at: now, phone: phone, kind: kind, change: number))
    }
}
