import PulseModel

/// What became of one item of an upload.
public enum ItemResult: Sendable, Hashable {
    case synced
    case conflict
    case failed(ItemError)
}

extension FrameBuffer {
    /// `SYNC_ACK_INDIVIDUAL`: the answer to a `SYNC_UPLOAD` (protocol section "Upload").
    public mutating func appendAckIndividual(table: String, id: JSONValue, result: ItemResult) {
        appendText { writer in
            writer.raw(#"{"type":"SYNC_ACK_INDIVIDUAL","table":"#)
            writer.string(table)
            writer.raw(#","status":"#)
            switch result {
            case .synced: writer.raw(#""SUCCESS""#)
            case .conflict: writer.raw(#""CONFLICT""#)
            case .failed: writer.raw(#""ERROR""#)
            }
            writer.raw(#","sync_id":"#)
            writer.scalar(id)
            if case .failed(let error) = result {
                writer.raw(#","error":"#)
                writer.string(error.message)
            }
            writer.raw("}")
        }
    }
}

extension JSONWriter {
    /// Appends an echoed id: a string, an integer, or null.
    mutating func scalar(_ value: JSONValue) {
        switch value {
        case .string(let text): string(text)
        case .int(let number): int(number)
        default: null()
        }
    }
}
