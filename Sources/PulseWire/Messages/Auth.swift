import PulseModel

/// `AUTH`: go on by this token (protocol section "Token").
public struct Auth: Sendable {
    /// What was shown when connecting, renewed. A secret: not for logs.
    public let token: String

    /// Bytes of the longest token: as much as fits a header of the handshake.
    private static let maximumByteCount = 8_192

    init(_ object: JSONObject) throws(WireError) {
        guard case .string(let token)? = object["token"], (1...Self.maximumByteCount).contains(token.utf8.count) else {
            throw WireError(.badField, "\"token\" must be a string of 1 to \(Self.maximumByteCount) bytes.")
        }
        self.token = token
    }
}
