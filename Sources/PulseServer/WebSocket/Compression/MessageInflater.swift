import NIOCore

/// Makes messages of compressed ones: RFC 7692, section 7.2.2. One serves any number of connections, because no message
/// refers to an earlier one.
package final class MessageInflater {
    /// What the sender took off the end of the message: an empty stored block without its first bits.
    private static let tail = ByteBuffer(bytes: [0x00, 0x00, 0xFF, 0xFF])

    private var inflater = Inflater()

    package init() {}

    /// The message as ``WebSocketFrameDecoder`` would hand it up had it not been compressed: a text, a binary, or the
    /// violation that it is.
    ///
    /// - Parameter maximumBytes: Of the message. No more is ever made of it, and a longer one is a violation.
    package func message(
        _ payload: ByteBuffer, isText: Bool, maximumBytes: Int
    ) -> WebSocketFrameDecoder.Event {
        self.inflater.reset()
        var input = payload
        var hasTail = false
        var message = ByteBuffer()
        while true {
            // One byte over the limit, to see that there is more.
            let room = min(
                max(512, 3 * payload.readableBytes, message.readableBytes), maximumBytes + 1 - message.readableBytes)
            let state = self.inflate(&input, into: &message, room: room)
            guard message.readableBytes <= maximumBytes else {
                return .violation(.messageTooBig, reason: "message is longer than \(maximumBytes) bytes")
            }
            switch state {
            case .full:
                continue
            case .drained where !hasTail:
                input = Self.tail
                hasTail = true
            case .drained(isBetweenBlocks: true):
                return isText ? Self.text(message) : .binary(message)
            case .ended where input.readableBytes == 0:
                return isText ? Self.text(message) : .binary(message)
            case .ended:
                self.inflater.reset()
            case .drained(isBetweenBlocks: false), .malformed:
                return .violation(.invalidPayload, reason: "message is not compressed as agreed")
            }
        }
    }

    private func inflate(_ input: inout ByteBuffer, into message: inout ByteBuffer, room: Int) -> Inflater.State {
        input.readWithUnsafeReadableBytes { source in
            var read = 0
            var state = Inflater.State.malformed
            message.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
                let target = UnsafeMutableRawBufferPointer(rebasing: target[..<room])
                let piece = self.inflater.inflate(source, into: target)
                (read, state) = (piece.read, piece.state)
                return piece.written
            }
            return (read, state)
        }
    }

    private static func text(_ message: ByteBuffer) -> WebSocketFrameDecoder.Event {
        var validator = UTF8Validator()
        guard message.withUnsafeReadableBytes({ validator.accept($0) }), validator.isAtBoundary else {
            return .violation(.invalidPayload, reason: "text is not UTF-8")
        }
        return .text(message)
    }
}
