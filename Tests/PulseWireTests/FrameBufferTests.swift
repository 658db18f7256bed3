import PulseModel
import PulseWire
import Testing

@Suite struct FrameBufferTests {
    /// Bytes of an error frame's payload whose message is empty.
    private static let overhead = #"{"type":"SYNC_ERROR","code":100,"message":"","retryable":false}"#.utf8.count

    /// Appends an error frame whose payload has so many bytes.
    private func append(payloadOf byteCount: Int, to buffer: inout FrameBuffer) {
        let message = String(repeating: "x", count: byteCount - Self.overhead)
        buffer.appendError(WireError(.badJSON, message))
    }

    @Test(
        arguments: [
            (overhead, [0x81, UInt8(overhead)]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]),
            (127, [0x81, 126, 0, 127]),
            (255, [0x81, 126, 0, 255]), (256, [0x81, 126, 1, 0]), (65_535, [0x81, 126, 0xff, 0xff]),
            (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]), (65_537, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 1]),
            (1 << 24, [0x81, 127, 0, 0, 0, 0, 1, 0, 0, 0]),
        ] as [(Int, [UInt8])])
    func `A frame's header says its length in the fewest bytes`(byteCount: Int, header: [UInt8]) {
        var buffer = FrameBuffer()
        append(payloadOf: byteCount, to: &buffer)
        #expect(buffer.bytes.count == header.count + byteCount)
        #expect(Array(buffer.bytes.prefix(header.count)) == header)
        #expect(buffer.bytes.dropFirst(header.count).starts(with: #"{"type":"SYNC_ERROR","code":100,"message":""#.utf8))
        #expect(buffer.bytes.suffix(20).elementsEqual(#"","retryable":false}"#.utf8))
    }

    @Test func `Frames of all lengths follow each other`() {
        let lengths = [125, 65_536, 126, 65_535, Self.overhead, 70_000, 125]
        var buffer = FrameBuffer(reserving: 0)
        for length in lengths { append(payloadOf: length, to: &buffer) }
        #expect(buffer.count == lengths.count)
        #expect(payloads(of: buffer).map(\.utf8.count) == lengths)
    }

    @Test func `A new buffer is empty`() {
        var buffer = FrameBuffer()
        #expect(buffer.isEmpty)
        #expect(buffer.bytes == [])
        append(payloadOf: 200, to: &buffer)
        #expect(!buffer.isEmpty)
    }

    @Test func `The whole frame of a short ack, byte for byte`() {
        var buffer = FrameBuffer()
        buffer.appendAckIndividual(table: "t", id: .int(1), result: .synced)
        let text = #"{"type":"SYNC_ACK_INDIVIDUAL","table":"t","status":"SUCCESS","sync_id":1}"#
        #expect(buffer.bytes == [0x81, 73] + Array(text.utf8))
    }
}
