import NIOCore

/// One open WebSocket, as its session sees it.
///
/// Sendable by confinement: every method must be called on ``eventLoop``, which is the guard; only ``eventLoop`` itself
/// may be read anywhere. After the connection has closed every call is a quiet no-op.
public final class WebSocketConnection: @unchecked Sendable {
    /// The loop on which everything of this connection happens.
    public let eventLoop: any EventLoop
    private let handler: WebSocketHandler

    init(handler: WebSocketHandler, eventLoop: any EventLoop) {
        self.handler = handler
        self.eventLoop = eventLoop
    }

    /// False while more waits to be sent than the high watermark allows.
    public var isWritable: Bool {
        self.eventLoop.assertInEventLoop()
        return self.handler.isWritable
    }

    /// Puts complete, encoded server frames (unmasked) in line for the socket: compressed where that was agreed on and
    /// makes them shorter, else as they are.
    ///
    /// Nothing is sent before ``flush()``. After ``close(code:reason:)`` the bytes are dropped.
    public func write(frames: ByteBuffer) {
        self.eventLoop.assertInEventLoop()
        self.handler.write(frames: frames)
    }

    /// Sends what was written.
    public func flush() {
        self.eventLoop.assertInEventLoop()
        self.handler.flush()
    }

    /// Sends a close frame, awaits the peer's for a limited time, then closes the socket. Messages that still come are
    /// dropped. A second call does nothing.
    ///
    /// - Parameter reason: For people; cut to the 123 bytes that fit.
    public func close(code: WebSocketCloseCode, reason: String) {
        self.eventLoop.assertInEventLoop()
        self.handler.close(code: code, reason: reason)
    }

    /// Stops reading from the socket, and handing up messages that were already read.
    public func pauseReading() {
        self.eventLoop.assertInEventLoop()
        self.handler.pauseReading()
    }

    /// Hands up what waited and reads on. May be called from within a session's method.
    public func resumeReading() {
        self.eventLoop.assertInEventLoop()
        self.handler.resumeReading()
    }
}
