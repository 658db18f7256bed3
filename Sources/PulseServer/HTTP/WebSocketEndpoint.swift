import NIOCore
import NIOHTTP1

/// A path at which WebSockets open, and who may open one there.
public struct WebSocketEndpoint: Sendable {
    /// The path, matched byte by byte as it was sent, with and without its last slash.
    public let path: String
    /// False: a binary message closes the connection with 1003.
    public let acceptsBinary: Bool
    /// Bytes of one message; nil for the server's limit.
    public let maximumMessageBytes: Int?
    /// Frames of one message; nil for the server's limit.
    public let maximumFragments: Int?
    /// Decides on a request whose handshake is otherwise in order. It runs in a task of its own, off the event loop,
    /// bounded by the handshake timeout, after which it is cancelled.
    public let accept: @Sendable (UpgradeRequest) async -> UpgradeDecision

    public init(
        path: String, acceptsBinary: Bool = false, maximumMessageBytes: Int? = nil, maximumFragments: Int? = nil,
        accept: @escaping @Sendable (UpgradeRequest) async -> UpgradeDecision
    ) {
        precondition(path.hasPrefix("/"), "an endpoint's path begins with a slash: \(path)")
        self.path = path
        self.acceptsBinary = acceptsBinary
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumFragments = maximumFragments
        self.accept = accept
    }

    package func matches(path: String) -> Bool {
        Self.withoutLastSlash(path) == Self.withoutLastSlash(self.path)
    }

    private static func withoutLastSlash(_ path: String) -> Substring {
        path.count > 1 && path.hasSuffix("/") ? path.dropLast() : path[...]
    }
}

/// A request to open a WebSocket whose handshake is in order.
public struct UpgradeRequest: Sendable {
    /// Always GET.
    public let method: HTTPMethod
    /// The request target as it was sent. May hold secrets: not for logs.
    public let uri: String
    /// The path of ``uri``, as it was sent.
    public let path: String
    /// The query of ``uri``, decoded.
    public let query: QueryParameters
    public let headers: HTTPHeaders
    /// Who sent it: behind a trusted proxy, who that says. Nil where it is not known any more.
    public let remoteAddress: SocketAddress?
    /// The connection's number in the log.
    public let connection: Int
    /// The connection's place in the counts of the server.
    let place: ConnectionPlace
}

/// An endpoint's answer to a request.
public enum UpgradeDecision: Sendable {
    /// 101, naming the subprotocol if there is one; it must be among those that the client offers. The session is made on
    /// the event loop of its connection, right before it is opened.
    case accept(subprotocol: String? = nil, makeSession: @Sendable (any EventLoop) -> any WebSocketSession)
    /// This status, with the reason as its plain-text body; then the connection is closed.
    ///
    /// - Parameter headers: Further fields of the response.
    case refuse(status: HTTPResponseStatus, reason: String, headers: [(String, String)] = [])
}
