import PulseModel

/// Messages to a client, each as a complete WebSocket text frame (RFC 6455, 5.2: FIN set, unmasked), one behind the
/// other: what is encoded here once goes to any number of sockets as it is.
public struct FrameBuffer: Sendable {
    private var writer: JSONWriter
    /// How many frames there are.
    public private(set) var count = 0

    public init(reserving byteCount: Int = 512) {
        writer = JSONWriter(reserving: byteCount)
    }

    public var bytes: [UInt8] { writer.bytes }
    public var isEmpty: Bool { count == 0 }

    /// Appends one frame whose payload `write` appends.
    mutating func appendText(_ write: (inout JSONWriter) -> Void) {
        let start = writer.bytes.count
        // Most payloads have 126 to 65,535 bytes and so a header of four; others are moved.
        writer.raw("\u{0}\u{0}\u{0}\u{0}")
        write(&writer)
        let length = writer.bytes.count - start - 4
        switch length {
        case ..<126:
            writer.bytes.replaceSubrange(start..<start + 4, with: [0x81, UInt8(length)])
        case ..<65_536:
            writer.bytes[start] = 0x81
            writer.bytes[start + 1] = 126
            writer.bytes[start + 2] = UInt8(length >> 8)
            writer.bytes[start + 3] = UInt8(length & 0xff)
        default:
            let size = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - $0 * 8)) }
            writer.bytes.replaceSubrange(start..<start + 4, with: [0x81, 127] + size)
        }
        count += 1
    }
}
