import NIOCore

/// The sending side of one open connection. Lives on its event loop.
package final class Link {
    package let loop: any EventLoop
    private let channel: any Channel
    private let mask: UInt32

    package init(channel: any Channel, mask: UInt32) {
        self.channel = channel
        self.loop = channel.eventLoop
        self.mask = mask
    }

    /// Writes one text frame without flushing it.
    package func write(expectedBytes: Int, _ body: (inout ByteBuffer) -> Void) {
        write(.text, expectedBytes: expectedBytes, body)
    }

    package func write(_ opcode: FrameHeader.Opcode, expectedBytes: Int, _ body: (inout ByteBuffer) -> Void) {
        var frame = OutgoingFrame(allocator: channel.allocator, expectedBytes: expectedBytes)
        frame.write(body)
        channel.write(frame.sealed(as: opcode, mask: mask), promise: nil)
    }

    package func flush() {
        channel.flush()
    }
}
