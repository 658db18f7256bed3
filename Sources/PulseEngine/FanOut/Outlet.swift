import NIOCore

/// The way out to one client: what the engine needs of a socket. Used on the socket's event loop only.
public protocol Outlet: AnyObject {
    /// Whether the client takes what it is sent. While it does not, the engine sends no news: it lets them be and
    /// reads on from the log when ``Subscriber/outletBecameWritable()`` is called.
    var isWritable: Bool { get }
    /// Hands over complete frames. They leave with the next ``flush()``.
    func write(frames: ByteBuffer)
    func flush()
}
