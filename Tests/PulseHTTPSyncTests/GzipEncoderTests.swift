import CZlib
import NIOCore
import PulseHTTPSync
import Testing

@Suite("Gzip")
struct GzipEncoderTests {
    @Test(
        "what was encoded piece by piece is one gzip file", arguments: [[0], [1], [10, 0, 300_000], [65_536, 65_536]])
    func roundTrip(lengths: [Int]) {
        var encoder = GzipEncoder()
        var whole: [UInt8] = []
        var encoded = ByteBuffer()
        for (index, length) in lengths.enumerated() {
            var generator = SystemRandomNumberGenerator()
            let piece = (0..<length).map { _ in UInt8.random(in: 0...63, using: &generator) }
            whole += piece
            encoded.writeImmutableBuffer(encoder.encode(piece, isLast: index == lengths.count - 1))
        }
        #expect(Self.decode(encoded, byteCount: whole.count) == whole)
    }

    /// Nil where the bytes are not exactly one gzip file of this length.
    private static func decode(_ encoded: ByteBuffer, byteCount: Int) -> [UInt8]? {
        var input = Array(encoded.readableBytesView)
        var output = [UInt8](repeating: 0, count: byteCount + 1)
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, stream.avail_in == 0, stream.total_out == byteCount else { return nil }
        return Array(output.prefix(byteCount))
    }
}
