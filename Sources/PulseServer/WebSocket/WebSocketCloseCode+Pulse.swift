/// What the pulse protocol adds (protocol section "Connecting", "Close codes"): the code alone tells a client how to come
/// back.
extension WebSocketCloseCode {
    /// 4001: the token has ended, and the time to renew it; come back with a new one.
    static let tokenEnded = Self(application: 4001)
    /// 4002: an operator has taken the token back; come back when the user has logged in anew.
    static let revoked = Self(application: 4002)
    /// 4003: what the user may read has changed; come back at once and ask for every table.
    static let accessChanged = Self(application: 4003)
    /// 4004: an operator has ended the connection; come back, not at once.
    static let kicked = Self(application: 4004)
}
