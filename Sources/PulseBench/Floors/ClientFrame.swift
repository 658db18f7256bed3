import NIOCore

/// A masked frame of less than 64 KiB, unmasked.
struct ClientFrame {
    let opcode: UInt8
    let payload: ByteBuffer

    /// Takes the frame at the front of `buffer`; nil while it has not come in full.
    init?(readFrom buffer: inout ByteBuffer) {
        var rest = buffer
        guard let first = rest.readInteger(as: UInt8.self), let second = rest.readInteger(as: UInt8.self) else {
            return nil
        }
        var length = Int(second & 0x7F)
        if length == 126 {
            guard let long = rest.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        }
        guard let mask = rest.readBytes(length: 4), var payload = rest.readSlice(length: length) else { return nil }
        payload.withUnsafeMutableReadableBytes { bytes in
            for index in bytes.indices { bytes[index] ^= mask[index & 3] }
        }
        opcode = first & 0x0F
        self.payload = payload
        buffer = rest
    }
}
