/// The first bytes of a frame that a server sent.
package struct FrameHeader: Equatable {
    package enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue >= 0x8 }
    }

    package var isFinal: Bool
    package var opcode: Opcode
    package var headerLength: Int
    package var payloadLength: Int

    /// Bytes of payload in one frame, or of one message in fragments, beyond which a run is given up.
    package static let maximumPayloadBytes = 256 << 20

    /// The header that begins at `offset`; nil while its bytes have not all come.
    ///
    /// - Throws: `BenchError` for what a server must not send.
    @inline(__always)
    package static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(BenchError) -> FrameHeader? {
        let available = bytes.count - offset
        guard available >= 2 else { return nil }
        let first = bytes[offset]
        let second = bytes[offset + 1]
        guard first & 0x70 == 0, let opcode = Opcode(rawValue: first & 0x0F) else {
            throw BenchError(.protocolViolation, "the server sent a frame with reserved bits or opcode")
        }
        guard second & 0x80 == 0 else { throw BenchError(.protocolViolation, "the server sent a masked frame") }
        let isFinal = first & 0x80 != 0
        let short = Int(second & 0x7F)
        if opcode.isControl, !isFinal || short > 125 {
            throw BenchError(.protocolViolation, "the server sent a control frame that is long or in fragments")
        }
        var header = FrameHeader(isFinal: isFinal, opcode: opcode, headerLength: 2, payloadLength: short)
        if short == 126 {
            guard available >= 4 else { return nil }
            header.headerLength = 4
            header.payloadLength = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
        } else if short == 127 {
            guard available >= 10 else { return nil }
            var length: UInt64 = 0
            for index in 2..<10 { length = length << 8 | UInt64(bytes[offset + index]) }
            guard length <= UInt64(maximumPayloadBytes) else {
                throw BenchError(.protocolViolation, "the server sent a frame of \(length) bytes")
            }
            header.headerLength = 10
            header.payloadLength = Int(length)
        }
        return header
    }
}
