extension ServerMessage {
    /// Reads one message.
    package init(_ text: UnsafeRawBufferPointer) {
        var cursor = JSONCursor(text)
        var fields = Fields()
        self = fields.read(&cursor) ? fields.message : .malformed
    }
}

/// The members of a message, in whatever order they come.
private struct Fields {
    enum Kind { case update, single, batch, error }

    var kind: Kind?
    var id: RecordID?
    var version: Int64?
    var innerVersion: Int64?
    var isDeleted: Bool?
    var userID: Int64?
    var title: Int?
    var description: Int?
    var isDelta = false
    var isHardDelete = false
    var status: UploadStatus?
    var answer = UploadAnswer()
    var code: Int64?
    var isRetryable = false

    enum UploadStatus { case success, conflict, error }

    mutating func read(_ cursor: inout JSONCursor) -> Bool {
        cursor.members { key, cursor in
            if key.isText("type") {
                guard let name = cursor.string() else { return false }
                kind = Self.kind(named: name)
                return true
            }
            if key.isText("data") { return readUpdate(&cursor) }
            if key.isText("sync_id") { return readID(&cursor) }
            if key.isText("synced_ids") { return Self.readIDs(&cursor, into: &answer.synced) }
            if key.isText("conflicts") { return Self.readIDs(&cursor, into: &answer.conflicts) }
            if key.isText("errors") { return cursor.skipElements(counting: &answer.errors) }
            if key.isText("status") {
                guard let name = cursor.string() else { return false }
                status = name.isText("SUCCESS") ? .success : name.isText("CONFLICT") ? .conflict : .error
                return true
            }
            if key.isText("code") {
                code = cursor.integer()
                return code != nil
            }
            if key.isText("retryable") {
                isRetryable = cursor.bool() ?? false
                return true
            }
            return cursor.skip()
        }
    }

    private mutating func readUpdate(_ cursor: inout JSONCursor) -> Bool {
        cursor.members { key, cursor in
            if key.isText("sync_id") { return readID(&cursor) }
            if key.isText("version") {
                version = cursor.integer()
                return version != nil
            }
            if key.isText("type") {
                guard let name = cursor.string() else { return false }
                isHardDelete = name.isText("HARD_DELETE")
                return true
            }
            if key.isText("data") { return readRecord(&cursor) }
            return cursor.skip()
        }
    }

    private mutating func readRecord(_ cursor: inout JSONCursor) -> Bool {
        cursor.members { key, cursor in
            if key.isText("version") {
                innerVersion = cursor.integer()
            } else if key.isText("is_deleted") {
                isDeleted = cursor.bool()
            } else if key.isText("user_id") {
                userID = cursor.integer()
            } else if key.isText("title") {
                title = Self.changeNumber(cursor.string())
            } else if key.isText("description") {
                description = Self.changeNumber(cursor.string())
            } else {
                isDelta = isDelta || key.isText("sync_id")
                return cursor.skip()
            }
            return true
        }
    }

    private mutating func readID(_ cursor: inout JSONCursor) -> Bool {
        guard let text = cursor.string() else { return cursor.skip() }
        id = RecordID(text: text)
        return true
    }

    private static func readIDs(_ cursor: inout JSONCursor, into ids: inout [RecordID]) -> Bool {
        cursor.elements { cursor in
            guard let text = cursor.string(), let id = RecordID(text: text) else { return false }
            ids.append(id)
            return true
        }
    }

    /// `w12`, and whatever stands behind it.
    private static func changeNumber(_ text: UnsafeRawBufferPointer?) -> Int? {
        guard let text, text.first == UInt8(ascii: "w") else { return nil }
        return JSONScan.digits(in: text, at: 1).map(Int.init)
    }

    private static func kind(named name: UnsafeRawBufferPointer) -> Kind? {
        if name.isText("SYNC_UPDATE") { return .update }
        if name.isText("SYNC_ACK_INDIVIDUAL") { return .single }
        if name.isText("BATCH_ACK") { return .batch }
        if name.isText("SYNC_ERROR") { return .error }
        return nil
    }

    var message: ServerMessage {
        switch kind {
        case .update:
            guard let id else { return .malformed }
            if isHardDelete { return .hardDelete(id) }
            guard let version, version == innerVersion else { return .malformed }
            return .update(
                RecordUpdate(
                    id: id, version: version, isDeleted: isDeleted ?? false, userID: userID, title: title,
                    description: description, isDelta: isDelta))
        case .single:
            guard let status else { return .malformed }
            if status == .error { return .answer(UploadAnswer(errors: 1)) }
            guard let id else { return .malformed }
            return .answer(status == .success ? UploadAnswer(synced: [id]) : UploadAnswer(conflicts: [id]))
        case .batch: return .answer(answer)
        case .error: return .error(code: code ?? 0, isRetryable: isRetryable)
        case nil: return .other
        }
    }
}
