/// What a server tells a phone.
package enum ServerMessage: Equatable, Sendable {
    case update(RecordUpdate)
    case hardDelete(RecordID)
    /// The answer to one upload.
    case answer(UploadAnswer)
    case error(code: Int64, isRetryable: Bool)
    /// No JSON object, or one of a known type that lacks what its type must have.
    case malformed
    /// Of a type that a phone does not know.
    case other
}

/// A record as an update shows it.
package struct RecordUpdate: Equatable, Sendable {
    package var id: RecordID
    package var version: Int64
    package var isDeleted: Bool
    /// Where it is a number.
    package var userID: Int64?
    /// The numbers of the changes that wrote `title` and `description`; nil where no phone wrote them.
    package var title: Int?
    package var description: Int?
    /// It answers a delta request; else it is a push.
    package var isDelta: Bool

    package init(
        id: RecordID, version: Int64, isDeleted: Bool = false, userID: Int64? = nil, title: Int?, description: Int?,
        isDelta: Bool = false
    ) {
        self.id = id
        self.version = version
        self.isDeleted = isDeleted
        self.userID = userID
        self.title = title
        self.description = description
        self.isDelta = isDelta
    }
}

/// What became of the items of an upload.
package struct UploadAnswer: Equatable, Sendable {
    package var synced: [RecordID] = []
    package var conflicts: [RecordID] = []
    package var errors = 0

    package init(synced: [RecordID] = [], conflicts: [RecordID] = [], errors: Int = 0) {
        self.synced = synced
        self.conflicts = conflicts
        self.errors = errors
    }
}
