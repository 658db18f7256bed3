extension FrameBuffer {
    /// `SYNC_ERROR`: a message was refused as a whole; the connection stays (protocol section "Errors").
    public mutating func appendError(_ error: WireError) {
        appendText { writer in
            writer.raw(#"{"type":"SYNC_ERROR","code":"#)
            writer.int(Int64(error.code.rawValue))
            writer.raw(#","message":"#)
            writer.string(error.message)
            writer.raw(error.code.isRetryable ? #","retryable":true"# : #","retryable":false"#)
            if let table = error.table {
                writer.raw(#","table":"#)
                writer.string(table)
            }
            writer.raw("}")
        }
    }
}
