import PulseModel

extension FrameBuffer {
    /// `BATCH_ACK`: the answer to a `SYNC_BATCH_UPLOAD` (protocol section "Batch upload").
    public mutating func appendBatchAck(table: String, items: [(id: JSONValue, result: ItemResult)]) {
        appendText { writer in
            writer.raw(#"{"type":"BATCH_ACK","table":"#)
            writer.string(table)
            writer.raw(#","synced_ids":["#)
            writer.list(items) { writer, item in
                guard item.result == .synced else { return false }
                writer.scalar(item.id)
                return true
            }
            writer.raw(#"],"conflicts":["#)
            writer.list(items) { writer, item in
                guard item.result == .conflict else { return false }
                writer.scalar(item.id)
                return true
            }
            writer.raw(#"],"errors":["#)
            writer.list(items) { writer, item in
                guard case .failed(let error) = item.result else { return false }
                writer.raw(#"{"id":"#)
                writer.scalar(item.id)
                writer.raw(#","msg":"#)
                writer.string(error.message)
                writer.raw("}")
                return true
            }
            writer.raw("]}")
        }
    }
}

extension JSONWriter {
    /// Appends those items that `write` writes, with commas between them.
    fileprivate mutating func list<Item>(_ items: [Item], _ write: (inout JSONWriter, Item) -> Bool) {
        let start = bytes.count
        for item in items {
            let before = bytes.count
            if before > start { raw(",") }
            if !write(&self, item) { bytes.removeLast(bytes.count - before) }
        }
    }
}
