import PulseModel

/// In which words a record is sent.
public enum UpdateForm: Sendable, Hashable {
    /// Unasked, when it has just changed: under the model's own name.
    case push
    /// In answer to a `SYNC_REQUEST_DELTA`: under the table's name as the client wrote it, and with the `sync_id`
    /// among the data.
    case delta(table: String)
}

extension FrameBuffer {
    /// `SYNC_UPDATE`: a record as it is now, or that it is gone for good (protocol section "Update").
    public mutating func appendUpdate(_ record: Record, of model: Model, as form: UpdateForm) {
        appendText { writer in
            if record.state == .erased {
                writer.raw(#"{"type":"SYNC_UPDATE","data":{"type":"HARD_DELETE","model":"#)
                writer.name(of: model, in: form)
                writer.raw(#","sync_id":"#)
                writer.quoted(record.key.syncID)
                writer.raw("}}")
                return
            }
            writer.raw(#"{"type":"SYNC_UPDATE","data":{"model":"#)
            writer.name(of: model, in: form)
            writer.raw(#","sync_id":"#)
            writer.quoted(record.key.syncID)
            writer.raw(#","version":"#)
            writer.int(record.version.number)
            writer.raw(#","data":{"id":"#)
            writer.int(record.id)
            writer.raw(#","version":"#)
            writer.int(record.version.number)
            writer.raw(
                record.state == .deleted ? #","is_deleted":true,"user_id":"# : #","is_deleted":false,"user_id":"#)
            writer.owner(record.scope)
            writer.raw(",")
            let start = writer.bytes.count
            record.fields.write(as: model, to: &writer)
            // A model may have no fields, or none any more.
            if writer.bytes.count == start { writer.bytes.removeLast() }
            if case .delta = form {
                writer.raw(#","sync_id":"#)
                writer.quoted(record.key.syncID)
            }
            writer.raw("}}}")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func quoted(_ id: SyncID) {
        raw("\"")
        id.append(to: &bytes)
        raw("\"")
    }

    fileprivate mutating func name(of model: Model, in form: UpdateForm) {
        switch form {
        case .push: string(model.name.text)
        case .delta(let table): string(table)
        }
    }

    /// The value of `user_id`, and behind it the group's claim where the record is a group's.
    fileprivate mutating func owner(_ scope: Scope) {
        switch scope {
        case .global:
            null()
        case .user(let user):
            if let number = user.number { int(number) } else { string(user.text) }
        case .group(let group):
            null()
            raw(",")
            string(group.claim.text)
            raw(":")
            string(group.value.text)
        }
    }
}
