import NIOCore

/// Compresses messages that are frames already: RFC 7692, section 7.2.1. One serves any number of connections, because
/// no message refers to an earlier one.
package final class FrameCompressor {
    /// Payloads with fewer bytes stay as they are: there is little to gain.
    package static let smallestPayloadBytes = 128

    private var deflater = Deflater(windowBits: DeflateOffer.windowBits)

    package init() {}

    /// The same messages in the same order, those compressed that get shorter by it.
    ///
    /// - Parameter frames: Complete frames of a server. All but texts and binaries in one frame are left as they are.
    package func compress(_ frames: ByteBuffer) -> ByteBuffer {
        var rest = frames
        var compressed = ByteBuffer()
        while let head = Head(rest), let frame = rest.readSlice(length: head.byteCount + head.payloadBytes) {
            if let payload = self.compress(frame, head) {
                // RSV1 says that it is compressed.
                WebSocketFrames.write(head.first | 0x40, payload, to: &compressed)
            } else {
                compressed.writeImmutableBuffer(frame)
            }
        }
        return compressed
    }

    /// The compressed payload of a frame; nil where the frame is to be sent as it is.
    private func compress(_ frame: ByteBuffer, _ head: Head) -> ByteBuffer? {
        guard head.isMessage, head.payloadBytes >= Self.smallestPayloadBytes else { return nil }
        var payload = ByteBuffer()
        frame.withUnsafeReadableBytes { frame in
            let source = UnsafeRawBufferPointer(rebasing: frame[head.byteCount...])
            payload.writeWithUnsafeMutableBytes(minimumWritableBytes: source.count) { target in
                let target = UnsafeMutableRawBufferPointer(rebasing: target[..<source.count])
                // The receiver puts the last four bytes back.
                return self.deflater.compress(source, into: target).map { $0 - 4 } ?? 0
            }
        }
        return payload.readableBytes > 0 ? payload : nil
    }
}

/// The head of a frame without a mask.
private struct Head {
    let first: UInt8
    let byteCount: Int
    let payloadBytes: Int

    init?(_ frame: ByteBuffer) {
        let start = frame.readerIndex
        guard let first = frame.getInteger(at: start, as: UInt8.self),
            let short = frame.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        self.first = first
        switch short {
        case 126:
            guard let length = frame.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            (self.byteCount, self.payloadBytes) = (4, Int(length))
        case 127:
            guard let length = frame.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            (self.byteCount, self.payloadBytes) = (10, Int(length))
        default:
            (self.byteCount, self.payloadBytes) = (2, Int(short))
        }
    }

    /// Whether it begins a text or a binary, and ends it.
    var isMessage: Bool { self.first == 0x81 || self.first == 0x82 }
}
