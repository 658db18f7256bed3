import NIOCore

/// A masked client frame, built in one buffer: the payload is written first, its header then goes right before it.
package struct OutgoingFrame {
    private static let longestHeader = 14

    private var buffer: ByteBuffer

    package init(allocator: ByteBufferAllocator, expectedBytes: Int) {
        buffer = allocator.buffer(capacity: Self.longestHeader + expectedBytes)
        buffer.moveWriterIndex(to: Self.longestHeader)
        buffer.moveReaderIndex(to: Self.longestHeader)
    }

    package mutating func write(_ body: (inout ByteBuffer) -> Void) {
        body(&buffer)
    }

    /// The finished frame. `mask` is any 32 bits.
    package consuming func sealed(as opcode: FrameHeader.Opcode, mask: UInt32) -> ByteBuffer {
        let length = buffer.readableBytes
        Self.apply(mask: mask, to: &buffer)
        let headerLength = length < 126 ? 6 : length < 65_536 ? 8 : 14
        let start = Self.longestHeader - headerLength
        buffer.setInteger(0x80 | opcode.rawValue, at: start)
        switch headerLength {
        case 6:
            buffer.setInteger(0x80 | UInt8(length), at: start + 1)
        case 8:
            buffer.setInteger(UInt8(0xFE), at: start + 1)
            buffer.setInteger(UInt16(length), at: start + 2)
        default:
            buffer.setInteger(UInt8(0xFF), at: start + 1)
            buffer.setInteger(UInt64(length), at: start + 2)
        }
        buffer.setInteger(mask, at: Self.longestHeader - 4)
        buffer.moveReaderIndex(to: start)
        return buffer
    }

    private static func apply(mask: UInt32, to buffer: inout ByteBuffer) {
        let inMemory = mask.bigEndian
        let wide = UInt64(inMemory) << 32 | UInt64(inMemory)
        buffer.withUnsafeMutableReadableBytes { bytes in
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: mask >> UInt32(24 - (index & 3) * 8))
                index += 1
            }
        }
    }
}
