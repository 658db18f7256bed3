/// The four bytes that a client XORs its payload with, at a place in the payload.
package struct WebSocketMask: Sendable {
    /// The mask as it applies to the next byte: that byte's is the lowest.
    private var key: UInt32

    /// - Parameter key: The frame's masking key read as a big-endian number.
    package init(bigEndian key: UInt32) {
        self.key = key.byteSwapped
    }

    /// Copies `source` to `target`, unmasked, and moves on by as many bytes.
    package mutating func unmask(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
        let count = source.count
        let word = (UInt64(self.key) << 32 | UInt64(self.key)).littleEndian
        var index = 0
        while index &+ 8 <= count {
            let masked = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            target.storeBytes(of: masked ^ word, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < count {
            target[index] = source[index] ^ UInt8(truncatingIfNeeded: self.key >> UInt32(8 &* (index & 3)))
            index &+= 1
        }
        let turn = UInt32(8 &* (count & 3))
        if turn > 0 { self.key = self.key >> turn | self.key << (32 &- turn) }
    }
}
