import CZlib

/// Makes raw deflate data of messages, each on its own. Owns its memory, about 32 KiB.
struct Deflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter windowBits: 9…15. zlib makes no raw data with 8.
    init(windowBits: Int) {
        // zlib's structures know their own address.
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        // The least work and memory: on texts of the size of records, more of either gains less than 1 %.
        let status = deflateInit2_(
            self.stream, Z_BEST_SPEED, Z_DEFLATED, CInt(-windowBits), 5, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib makes no compressor: status \(status)")
    }

    deinit {
        deflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Compresses all of `source`, up to a whole byte, with an empty stored block as its end.
    ///
    /// - Returns: How many bytes it made; nil where `target` may have no room for all of them.
    mutating func compress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int? {
        deflateReset(self.stream)
        self.stream.setInput(source)
        self.stream.setOutput(target)
        guard deflate(self.stream, Z_SYNC_FLUSH) == Z_OK, self.stream.pointee.avail_out > 0 else { return nil }
        return target.count - Int(self.stream.pointee.avail_out)
    }
}

/// Reads raw deflate data, piece by piece. Owns its memory, up to about 42 KiB.
struct Inflater: ~Copyable {
    /// Where the data stand after a piece.
    enum State {
        /// There may be more output without more input.
        case full
        /// All input was taken. The flag says whether it ends between two blocks, at a whole byte.
        case drained(isBetweenBlocks: Bool)
        /// The last block has ended, and what follows begins anew.
        case ended
        /// This is no deflate data.
        case malformed
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// For every window that a sender may have.
    init() {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        let status = inflateInit2_(self.stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib makes no decompressor: status \(status)")
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Forgets everything that came before.
    mutating func reset() {
        inflateReset(self.stream)
    }

    /// Takes from the front of `source` what it can put into `target`.
    ///
    /// - Returns: How many bytes of both it has used.
    mutating func inflate(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> (read: Int, written: Int, state: State) {
        self.stream.setInput(source)
        self.stream.setOutput(target)
        let status = CZlib.inflate(self.stream, Z_SYNC_FLUSH)
        let read = source.count - Int(self.stream.pointee.avail_in)
        let written = target.count - Int(self.stream.pointee.avail_out)
        let state: State
        switch status {
        case Z_STREAM_END:
            state = .ended
        case Z_OK, Z_BUF_ERROR:
            // Bits 0…5: what is left of the last byte. 6: within the last block. 7: between blocks.
            let isBetweenBlocks = self.stream.pointee.data_type & 0xFF == 0x80
            state = self.stream.pointee.avail_out == 0 ? .full : .drained(isBetweenBlocks: isBetweenBlocks)
        default:
            state = .malformed
        }
        return (read, written, state)
    }
}

extension UnsafeMutablePointer<z_stream> {
    /// zlib only reads from the input, although its type does not say so.
    fileprivate func setInput(_ source: UnsafeRawBufferPointer) {
        self.pointee.next_in = UnsafeMutablePointer<Bytef>(
            mutating: source.baseAddress?.assumingMemoryBound(to: Bytef.self))
        self.pointee.avail_in = uInt(source.count)
    }

    fileprivate func setOutput(_ target: UnsafeMutableRawBufferPointer) {
        self.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: Bytef.self)
        self.pointee.avail_out = uInt(target.count)
    }
}
