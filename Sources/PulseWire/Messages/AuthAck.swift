extension FrameBuffer {
    /// `AUTH_ACK`: the connection goes on by the token of an ``Auth`` (protocol section "Token").
    ///
    /// - Parameter expiresIn: whole seconds until the token ends; nil where it does not.
    public mutating func appendAuthAck(expiresIn: Int64?) {
        appendText { writer in
            writer.raw(#"{"type":"AUTH_ACK","expires_in":"#)
            if let expiresIn { writer.int(expiresIn) } else { writer.null() }
            writer.raw("}")
        }
    }
}
