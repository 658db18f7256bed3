import NIOCore

/// Encodes the frames that a server sends: final, unmasked, no extension (RFC 6455, section 5.2).
public enum WebSocketFrames {
    /// A text message as one frame. The caller vouches for the UTF-8.
    public static func text(_ payload: ByteBuffer) -> ByteBuffer { self.frame(.text, payload) }

    /// A binary message as one frame.
    public static func binary(_ payload: ByteBuffer) -> ByteBuffer { self.frame(.binary, payload) }

    /// An empty ping.
    static let ping = ByteBuffer(bytes: [0x80 | WebSocketOpcode.ping.rawValue, 0])

    /// The answer to a ping.
    ///
    /// - Parameter payload: The ping's own, at most 125 bytes.
    static func pong(_ payload: ByteBuffer) -> ByteBuffer { self.frame(.pong, payload) }

    /// A close frame; the reason is cut, between two characters, to the 123 bytes that fit.
    static func close(_ code: WebSocketCloseCode, reason: String) -> ByteBuffer {
        var payload = ByteBuffer(integer: code.number)
        for scalar in reason.unicodeScalars {
            let bytes = UTF8.encode(scalar)?.count ?? 0
            guard payload.readableBytes + bytes <= 125 else { break }
            payload.writeString(String(scalar))
        }
        return self.frame(.close, payload)
    }

    private static func frame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        var frame = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
        self.write(0x80 | opcode.rawValue, payload, to: &frame)
        return frame
    }

    /// Appends a frame that begins with the byte `first`.
    static func write(_ first: UInt8, _ payload: ByteBuffer, to frames: inout ByteBuffer) {
        let length = payload.readableBytes
        frames.writeInteger(first)
        switch length {
        case ...125:
            frames.writeInteger(UInt8(length))
        case ...0xFFFF:
            frames.writeInteger(UInt8(126))
            frames.writeInteger(UInt16(length))
        default:
            frames.writeInteger(UInt8(127))
            frames.writeInteger(UInt64(length))
        }
        frames.writeImmutableBuffer(payload)
    }
}

/// The opcodes that RFC 6455 defines; all others are violations.
enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { self.rawValue & 8 != 0 }
    var beginsMessage: Bool { self == .text || self == .binary }
}
