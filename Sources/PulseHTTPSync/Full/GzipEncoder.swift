import CZlib
import NIOCore

/// Makes one gzip file (RFC 1952), piece by piece. Owns its memory, about 128 KiB.
package struct GzipEncoder: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    package init() {
        // zlib's structures know their own address.
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 7, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib makes no compressor: status \(status)")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// - Parameter isLast: whether nothing follows.
    /// - Returns: what is there of the file so far behind what was returned before; may be empty.
    package mutating func encode(_ bytes: [UInt8], isLast: Bool) -> ByteBuffer {
        let stream = stream
        let bound = Int(deflateBound(stream, uLong(bytes.count))) + 64
        var output = ByteBuffer()
        bytes.withUnsafeBytes { source in
            // zlib only reads from the input, although its type does not say so.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.assumingMemoryBound(to: Bytef.self).baseAddress)
            stream.pointee.avail_in = uInt(source.count)
            var status = Z_OK
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
                    stream.pointee.next_out = target.assumingMemoryBound(to: Bytef.self).baseAddress
                    stream.pointee.avail_out = uInt(target.count)
                    status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return target.count - Int(stream.pointee.avail_out)
                }
            } while isLast ? status != Z_STREAM_END : stream.pointee.avail_in > 0
            stream.pointee.next_in = nil
        }
        return output
    }
}
