extension Checker {
    /// What a phone holds in the end.
    package struct Holding: Sendable {
        package var phone: Int
        package var storage: PhoneStorage

        package init(phone: Int, storage: PhoneStorage) {
            self.phone = phone
            self.storage = storage
        }
    }

    /// Judges the end, when nothing is on its way.
    ///
    /// - Parameters:
    ///   - holdings: what all phones hold.
    ///   - stored: what a new phone of each user was sent, by user: what the server stores.
    package mutating func finish(_ holdings: [Holding], stored: [Int64: PhoneStorage]) {
        for index in records.indices {
            guard let user = stored[records[index].user] else { continue }
            judge(records[index], user.copies[records[index].id])
        }
        for holding in holdings {
            guard let user = stored[users[holding.phone]], holding.storage.digest != user.digest else { continue }
            compare(holding, user)
        }
    }

    /// Whether every phone holds what is stored. It costs next to nothing.
    package func hasConverged(_ holdings: [Holding], stored: [Int64: PhoneStorage]) -> Bool {
        holdings.allSatisfy { $0.storage.digest == stored[users[$0.phone]]?.digest }
    }

    private mutating func judge(_ record: Record, _ copy: PhoneStorage.Copy?) {
        let end = copy.map { "version \($0.version), \($0.change.map { "w\($0)" } ?? "of nobody")" } ?? "nothing"
        let last = copy?.change.flatMap { $0 < writes.count ? $0 : nil }
        var bases: [Int64: Int] = [:]
        for number in record.writes {
            let write = writes[number]
            let changes = [number] + (last.map { [$0] } ?? [])
            func found(_ rule: Rule, _ said: String, _ changes: [Int]) {
                self.found(rule, said, record: record.id, changes: changes, phase: write.phase)
            }
            if write.version > copy?.version ?? 0 {
                found(.vanished, "w\(number) was shown as version \(write.version), and \(end) is stored", changes)
            } else if write.answer == .success, number != last, !isFollowed(write, by: last, at: copy?.version) {
                found(.lost, "w\(number) was acknowledged, and \(end) is stored", changes)
            }
            if write.answer == .conflict, write.sends == 1, write.version > 0 {
                found(.torn, "w\(number) was in conflict, and was stored as version \(write.version)", changes)
            }
            if write.answer == .conflict, copy?.version ?? 0 <= write.base {
                found(.refused, "w\(number) on version \(write.base) was in conflict, and \(end) is stored", changes)
            }
            if write.answer == .conflict, write.sends > 1, number == last {
                found(.refused, "w\(number) is stored, and was in conflict when it was sent again", changes)
            }
            guard write.isAccepted else { continue }
            if let other = bases[write.base] {
                found(
                    .overwritten, "w\(other) and w\(number) were both accepted on version \(write.base)",
                    [other, number])
            }
            bases[write.base] = number
        }
    }

    /// Whether what is stored came after `write`.
    private func isFollowed(_ write: Write, by last: Int?, at version: Int64?) -> Bool {
        guard let version, let last else { return false }
        return write.version > 0 ? version > write.version : writes[last].base > write.base
    }

    private mutating func compare(_ holding: Holding, _ user: PhoneStorage) {
        let phone = holding.phone
        var lacks = false
        for (id, stored) in user.copies.sorted(by: { $0.value.version < $1.value.version }) {
            let held = holding.storage.copies[id]?.version
            guard held ?? 0 < stored.version else { continue }
            lacks = true
            found(
                .skipped,
                "phone \(phone) has \(held.map { "version \($0)" } ?? "nothing") of record \(id), and asks for what is "
                    + "newer than \(holding.storage.cursor); version \(stored.version) is stored",
                record: id, phone: phone, changes: stored.change.map { [$0] } ?? [],
                phase: stored.change.map { $0 < writes.count ? writes[$0].phase : phase })
        }
        if !lacks { found(.vanished, "phone \(phone) holds what a new phone of its user is not sent", phone: phone) }
    }
}
