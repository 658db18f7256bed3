import NIOCore

/// What lives above one WebSocket. Every method is called on the connection's event loop and must not block it.
public protocol WebSocketSession: AnyObject {
    /// The connection is open: its 101 is on its way, no frame was handed up yet. Called once, first.
    func opened(_ connection: WebSocketConnection)

    /// One complete text message, valid UTF-8, in the order in which they came.
    func received(text: ByteBuffer)

    /// One complete binary message. Only called where the endpoint accepts binary.
    func received(binary: ByteBuffer)

    /// The end of a burst: no more bytes are at hand just now. The moment to flush what a burst caused.
    func readComplete()

    /// The connection's write buffer went above its high watermark (false) or fell below its low one (true).
    func writabilityChanged(_ isWritable: Bool)

    /// Whether the session ends its connection itself, in its own time, when the server stops; else it is ended at once.
    var seesToItsEnd: Bool { get }

    /// Nothing more can be sent or received. Called exactly once, last, and never from within one of the connection's
    /// own methods.
    func closed()
}

extension WebSocketSession {
    public func received(binary: ByteBuffer) {}
    public var seesToItsEnd: Bool { false }
}
