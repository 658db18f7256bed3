import NIOCore

/// Compression of all connections of an event loop that have agreed on it. Nothing is allocated before it is needed.
///
/// Sendable by confinement: the guard is its event loop, on which every method must be called.
package final class LoopCompression: @unchecked Sendable {
    private let eventLoop: any EventLoop
    private lazy var inflater = MessageInflater()
    private lazy var compressor = FrameCompressor()
    /// What was compressed last in this turn of the loop: fan-out asks for the same again for each receiver.
    private var last: (frames: ByteBuffer, compressed: ByteBuffer)?

    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// The same messages, those compressed that get shorter by it. What goes to many connections within one turn of the
    /// loop, one after the other, is compressed once, and all get the same storage.
    ///
    /// - Parameter frames: Complete frames of a server.
    package func compress(_ frames: ByteBuffer) -> ByteBuffer {
        guard frames.readableBytes >= FrameCompressor.smallestPayloadBytes else { return frames }
        if let last = self.last, last.frames == frames { return last.compressed }
        if self.last == nil { self.eventLoop.execute { self.last = nil } }
        let compressed = self.compressor.compress(frames)
        self.last = (frames, compressed)
        return compressed
    }

    /// What a compressed message is, see ``MessageInflater/message(_:isText:maximumBytes:)``; everything else as it is.
    func inflate(_ event: WebSocketFrameDecoder.Event, maximumBytes: Int) -> WebSocketFrameDecoder.Event {
        guard case .compressed(let payload, let isText) = event else { return event }
        return self.inflater.message(payload, isText: isText, maximumBytes: maximumBytes)
    }
}
