import PulseModel

/// What a client of the HTTP API's stream is sent beside entries.
public enum StreamNotice: Sendable {
    case ping
    /// It must read these collections anew.
    case fullResyncRequired([ModelName])
    /// Why it was refused, in one sentence.
    case error(String)
    /// It goes on by a new token, which ends in so many seconds, or never.
    case authenticated(expiresIn: Int64?)
}

extension FrameBuffer {
    public mutating func append(_ notice: StreamNotice) {
        appendText { writer in
            switch notice {
            case .ping:
                writer.raw(#"{"type":"ping"}"#)
            case .fullResyncRequired(let names):
                writer.raw(#"{"type":"full_resync_required","collections":["#)
                for (index, name) in names.enumerated() {
                    if index > 0 { writer.raw(",") }
                    writer.string(name.text)
                }
                writer.raw("]}")
            case .error(let detail):
                writer.raw(#"{"type":"error","detail":"#)
                writer.string(detail)
                writer.raw("}")
            case .authenticated(let expiresIn):
                writer.raw(#"{"type":"auth_ack","expires_in":"#)
                if let expiresIn { writer.int(expiresIn) } else { writer.null() }
                writer.raw("}")
            }
        }
    }
}
