/// A phone's own database: its copies of records, its `last_version`, and the changes that are not acknowledged yet.
package struct PhoneStorage: Sendable {
    package struct Copy: Equatable, Sendable {
        package var version: Int64
        /// The change it holds; nil for a record that no phone of this run made.
        package var change: Int?
        package var isDeleted: Bool
    }

    package private(set) var copies: [RecordID: Copy] = [:]
    /// The same in phones that hold the same versions of the same records.
    package private(set) var digest: UInt64 = 0
    /// What the next delta request names.
    package private(set) var cursor: Int64 = 0
    /// Records of this run, for one to be picked.
    package private(set) var ids: [RecordID] = []
    /// In the order in which they were made; no record twice.
    package private(set) var pending: [Change] = []
    private var pendingIDs: Set<RecordID> = []
    /// Records that the phone has changed and not been shown since, with the version it had changed.
    private var busy: [RecordID: Int64] = [:]

    package init() {}

    /// Takes an update, unless the phone has a newer version.
    ///
    /// - Parameter counts: whether the update moves the cursor.
    package mutating func store(_ update: RecordUpdate, counts: Bool) {
        if counts { cursor = max(cursor, update.version) }
        let known = copies[update.id]
        if let base = busy[update.id], update.version > base { busy[update.id] = nil }
        if let known {
            guard update.version >= known.version else { return }
            digest &-= update.id.digest(at: known.version)
        } else if update.title != nil {
            ids.append(update.id)
        }
        digest &+= update.id.digest(at: update.version)
        copies[update.id] = Copy(version: update.version, change: update.title, isDeleted: update.isDeleted)
    }

    /// Whether a change of the record is not answered, or its echo has not come: two changes on one version are two edits.
    package func isBusy(_ id: RecordID) -> Bool { busy[id] != nil || pendingIDs.contains(id) }

    package mutating func add(_ change: Change) {
        pending.append(change)
        pendingIDs.insert(change.id)
        busy[change.id] = change.base
    }

    /// The first `count` changes are answered; `refused` are those that were not taken.
    package mutating func settle(first count: Int, refused: Set<RecordID>) {
        for change in pending.prefix(count) { pendingIDs.remove(change.id) }
        pending.removeFirst(count)
        for id in refused { busy[id] = nil }
    }
}

/// What a phone wrote into one record.
package struct Change: Equatable, Sendable {
    package enum Deletion: Sendable { case asItWas, delete, restore }

    /// It stands in `title` and in `description`, so that each state of a record tells which change made it.
    package var number: Int
    package var id: RecordID
    /// The version that the phone saw; 0 for a new record.
    package var base: Int64
    package var deletion: Deletion

    package init(number: Int, id: RecordID, base: Int64, deletion: Deletion) {
        self.number = number
        self.id = id
        self.base = base
        self.deletion = deletion
    }
}
