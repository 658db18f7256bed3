/// What one connection may take, in bytes, items and time, from its first byte to its last.
public struct WebSocketLimits: Sendable {
    // MARK: The HTTP request

    /// From the connection's start until the first request head is complete; then the connection is closed.
    public var headerTimeout: Duration = .seconds(10)
    /// From a complete upgrade request until the endpoint's decision; then 503.
    public var handshakeTimeout: Duration = .seconds(10)
    /// From a plain request's head until the end of its body; then 408.
    public var requestTimeout: Duration = .seconds(20)
    /// How long an HTTP connection may lie idle between requests.
    public var idleTimeout: Duration = .seconds(30)
    /// How long a refused client's remaining bytes are read and dropped, so that it can read the answer.
    public var lingerTime: Duration = .seconds(1)
    /// Header fields of one request.
    public var maximumHeaderFields = 100
    /// Bytes of one header field, and of the request target.
    public var maximumHeaderFieldBytes = 8 * 1024
    /// Bytes of a whole request head.
    public var maximumHeaderBytes = 16 * 1024
    /// Bytes of a plain request's body.
    public var maximumBodyBytes = 1024 * 1024

    // MARK: Messages

    /// Bytes of one message, over all its fragments; beyond it 1009.
    public var maximumMessageBytes = 1024 * 1024
    /// Frames of one message; beyond it 1009.
    public var maximumFragments = 1024
    /// How long a message may stay unfinished, on top of what its bytes take at ``slowestUpload``; then 1008.
    public var messageTimeout: Duration = .seconds(30)
    /// Bytes a second that keep an unfinished message alive beyond ``messageTimeout``.
    public var slowestUpload = 1024
    /// Pings answered one by one within a second; of those beyond, only the latest is answered, a little later.
    public var pingsPerSecond = 32
    /// Bytes that may wait while a session has paused reading. Reading has stopped, so this many come only when the
    /// peer ends its side and the system hands over all it holds; beyond it the connection is dropped.
    public var maximumWaitingBytes = 256 * 1024

    // MARK: Time and keepalive

    /// From one ping of the server's to the next.
    public var pingInterval: Duration = .seconds(25)
    /// A peer from which nothing came, and whose socket took nothing of what waits for it, for this long is dropped.
    public var silenceLimit: Duration = .seconds(75)
    /// From a close frame until the socket is closed, whatever the peer does.
    public var closeTimeout: Duration = .seconds(5)

    // MARK: Buffers

    /// Below this many waiting bytes a connection becomes writable again.
    public var lowWatermarkBytes = 64 * 1024
    /// Above this many waiting bytes a connection is no longer writable.
    public var highWatermarkBytes = 256 * 1024
    /// The largest receive buffer. The socket keeps the last one it used, so this bounds what an idle connection holds.
    public var maximumReceiveBufferBytes = 8 * 1024

    public init() {}
}
