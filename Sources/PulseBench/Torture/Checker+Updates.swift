extension Checker {
    /// A phone was sent a record.
    package mutating func received(_ update: RecordUpdate, by phone: Int, at now: Int64) {
        time = now
        order(update, phone)
        guard let index = indices[update.id] else {
            // It was there before this run. Then it must at least be the user's own.
            if let owner = update.userID, owner != users[phone] {
                found(
                    .leaked, "phone \(phone) of user \(users[phone]) was sent a record of user \(owner)", phone: phone)
            }
            return
        }
        let kind: Event.Kind =
            update.isDelta ? .read(version: update.version) : .pushed(version: update.version)
        records[index].events.append(Event(at: now, phone: phone, kind: kind, change: update.title))
        if records[index].user != users[phone] {
            found(
                .leaked,
                "phone \(phone) of user \(users[phone]) was sent record \(update.id) of user \(records[index].user)",
                record: update.id, phone: phone, changes: update.title.map { [$0] } ?? [])
        }
        records[index].newest = max(records[index].newest, update.version)
        guard let number = whole(update, index, phone) else { return }
        hold(number, against: update.version, update.id, phone)
        newest = max(newest, update.version)
    }

    /// The change that made the record what the update shows.
    private mutating func whole(_ update: RecordUpdate, _ index: Int, _ phone: Int) -> Int? {
        guard let number = update.title, update.description == number, number < writes.count,
            writes[number].record == index, writes[number].sends > 0
        else {
            found(
                .torn,
                "phone \(phone) was sent record \(update.id) with the title of \(Self.name(update.title)) and the "
                    + "description of \(Self.name(update.description))",
                record: update.id, phone: phone,
                changes: [update.title, update.description].compactMap { $0 }.filter { $0 < writes.count })
            return nil
        }
        if update.isDeleted != writes[number].isDeleted {
            let now = update.isDeleted ? "deleted" : "not deleted"
            found(
                writes[number].isDeleted ? .undead : .torn, "record \(update.id) is \(now) in w\(number)",
                record: update.id, phone: phone, changes: [number])
        }
        return number
    }

    /// Holds the change against its version.
    private mutating func hold(_ number: Int, against version: Int64, _ id: RecordID, _ phone: Int) {
        let write = writes[number]
        if write.version == 0 {
            writes[number].version = version
            if let other = changeOfVersion[version], other != number {
                found(
                    .reused, "version \(version) was w\(other), and is w\(number)", record: id, phone: phone,
                    changes: [other, number])
            } else if version <= write.floor {
                found(
                    .order,
                    "w\(number) has version \(version), and version \(write.floor) had been shown before it was sent",
                    record: id, phone: phone, changes: [number])
            }
            changeOfVersion[version] = number
        } else if write.version != version {
            found(
                .repeated, "w\(number) has version \(write.version) and version \(version)", record: id, phone: phone,
                changes: [number])
        }
    }

    /// New information comes in ascending order of versions, from a connection's delta request on.
    private mutating func order(_ update: RecordUpdate, _ phone: Int) {
        guard var connection = connections[phone] else { return }
        connections[phone] = nil
        if update.isDelta { connection.counts = true }
        if connection.counts {
            if update.version > connection.newest {
                connection.newest = update.version
            } else if !connection.again.contains(update.id) {
                found(
                    .order, "phone \(phone) was sent version \(update.version) behind \(connection.newest)",
                    record: update.id, phone: phone, changes: update.title.map { [$0] } ?? [])
            }
        }
        connections[phone] = connection
    }

    private static func name(_ number: Int?) -> String { number.map { "w\($0)" } ?? "nobody's change" }
}
