/// A status code of RFC 6455, section 7.4, as it stands in a close frame.
///
/// The codes that only describe what happened locally and never travel (1005, 1006, 1015) have no constant here, and
/// cannot be made: see ``init(received:)``.
public struct WebSocketCloseCode: Sendable, Hashable, CustomStringConvertible {
    /// The number in the frame.
    public let number: UInt16

    private init(_ number: UInt16) {
        self.number = number
    }

    /// A code that an application defines for itself.
    ///
    /// - Parameter number: 4000…4999; anything else is a programmer's mistake and traps.
    public init(application number: UInt16) {
        precondition((4000...4999).contains(number), "an application's close code lies in 4000…4999, not \(number)")
        self.number = number
    }

    /// A code that a peer sent, or nil where the peer was not allowed to send it.
    public init?(received number: UInt16) {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: self.number = number
        default: return nil
        }
    }

    /// 1000: the purpose of the connection is fulfilled.
    public static let normalClosure = Self(1000)
    /// 1001: the server is stopping, or the page was left.
    public static let goingAway = Self(1001)
    /// 1002: the peer broke the WebSocket protocol.
    public static let protocolError = Self(1002)
    /// 1003: a kind of message that is not spoken here, such as binary.
    public static let unsupportedData = Self(1003)
    /// 1007: a text that is not UTF-8.
    public static let invalidPayload = Self(1007)
    /// 1008: a rule of this server was broken and no other code fits.
    public static let policyViolation = Self(1008)
    /// 1009: a message longer than the limit.
    public static let messageTooBig = Self(1009)
    /// 1011: the server failed.
    public static let internalError = Self(1011)
    /// 1012: the server restarts; come back.
    public static let serviceRestart = Self(1012)
    /// 1013: too much load just now; come back later.
    public static let tryAgainLater = Self(1013)

    public var description: String { String(self.number) }
}
