import PulseModel

extension JSONWriter {
    /// Writes a record as the HTTP API tells of it: what was last done to it, and what it is now
    /// (`Protocol/offline-sync.yaml`, `Entry`).
    public mutating func entry(_ record: Record, of model: Model) {
        raw(#"{"version":"#)
        stamp(record.stamp)
        raw(#","collection":"#)
        string(model.name.text)
        raw(#","doc_id":"#)
        documentID(of: record, model)
        raw(record.state == .live ? #","operation":"upsert","data":"# : #","operation":"delete","data":"#)
        if record.state == .live { document(record, of: model) } else { null() }
        raw(#","parent_version":"#)
        if let parent = record.parent { stamp(parent) } else { null() }
        raw("}")
    }

    /// Writes a live record as a document: its id, and its fields as today's model shows them.
    public mutating func document(_ record: Record, of model: Model) {
        raw("{")
        if !model.isSchemaless {
            raw(#""_id":"#)
            documentID(of: record, model)
            if !record.fields.bytes.isEmpty || !model.fields.isEmpty { raw(",") }
        }
        let start = bytes.count
        record.fields.write(as: model, to: &self)
        // Of a model that has no fields any more nothing is left.
        if bytes.count == start, bytes.last == UInt8(ascii: ",") { cut(to: start - 1) }
        raw("}")
    }

    /// Writes what the HTTP API calls a record by: a document's own id, or the sync id.
    public mutating func documentID(of record: Record, _ model: Model) {
        if model.isSchemaless, let id = record.fields.storedDocumentID {
            raw(id)
        } else {
            raw("\"")
            record.key.syncID.append(to: &bytes)
            raw("\"")
        }
    }

    /// Writes a stamp, in quotes.
    public mutating func stamp(_ stamp: HybridTime) {
        raw("\"")
        raw(stamp.utf8)
        raw("\"")
    }
}

extension FrameBuffer {
    /// A text message that is an entry of the HTTP API's stream.
    public mutating func appendEntry(_ record: Record, of model: Model) {
        appendText { $0.entry(record, of: model) }
    }
}
