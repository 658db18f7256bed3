import NIOCore
import NIOEmbedded
import PulseBench
import Testing

@Suite struct ClientHandlerTests {
    private final class Recorder: MessageReceiver {
        var messages: [String] = []
        var loss: BenchError?

        func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
            messages.append(String(decoding: text, as: UTF8.self))
        }

        func lost(_ error: BenchError) { loss = error }
    }

    private static let answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        + "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

    private let recorder = Recorder()
    private let channel = EmbeddedChannel()
    private let opened: EventLoopFuture<Void>

    init() throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        opened = promise.futureResult
        let handler = ClientHandler(
            receiver: recorder, request: ByteBuffer(string: "hello"), timeout: .seconds(5), opened: promise)
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let request = try channel.readOutbound(as: ByteBuffer.self)
        #expect(request.map { String(buffer: $0) } == "hello")
    }

    private func receive(_ bytes: some Sequence<UInt8>) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    @Test(arguments: 0..<40)
    func `messages come whole however their bytes are cut`(cut: Int) throws {
        var bytes = Array(Self.answer.utf8)
        bytes += [0x81, 2] + Array("ab".utf8)
        bytes += [0x01, 1] + Array("c".utf8) + [0x89, 1, 0x2A] + [0x80, 1] + Array("d".utf8)
        bytes += [0x81, 126, 1, 44] + Array(repeating: UInt8(ascii: "e"), count: 300)
        bytes += [0x81, 0]
        let size = cut + 1
        for start in stride(from: 0, to: bytes.count, by: size) {
            try receive(bytes[start..<min(start + size, bytes.count)])
        }
        try opened.wait()
        #expect(recorder.messages == ["ab", "cd", String(repeating: "e", count: 300), ""])
        let pong = Array(try #require(try channel.readOutbound(as: ByteBuffer.self)).readableBytesView)
        #expect(pong.count == 7 && pong.starts(with: [0x8A, 0x81]))
        #expect(pong.last.map { $0 ^ pong[2] } == 0x2A)
    }

    @Test func `a refusal is told with the server's status line`() throws {
        try receive("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8)
        #expect { try opened.wait() } throws: { "\($0)" == "the server refused the connection: HTTP/1.1 403 Forbidden" }
    }

    @Test func `an answer to another handshake is refused`() throws {
        try receive("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: other\r\n\r\n".utf8)
        #expect(throws: BenchError.self) { try opened.wait() }
    }

    @Test func `silence ends the handshake`() throws {
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        #expect { try opened.wait() } throws: { ($0 as? BenchError)?.code == .timeout }
    }

    @Test(
        arguments: [[0x81, 0x81, 0, 0, 0, 0, 1], [0xC1, 0], [0x80, 0], [0x83, 0], [0x89, 126, 0, 126], [0x82, 0]]
            as [[UInt8]])
    func `what a server must not send ends the connection`(frame: [UInt8]) throws {
        try receive(Self.answer.utf8)
        try receive(frame)
        #expect(recorder.loss?.code == .protocolViolation)
        #expect(!channel.isActive)
    }

    @Test func `a close frame is answered and its reason told`() throws {
        try receive(Self.answer.utf8)
        try receive([0x88, 4, 0x03, 0xF5, 0x6E, 0x6F])
        #expect(recorder.loss?.message == "the server closed the connection: 1013 no")
        #expect(try channel.readOutbound(as: ByteBuffer.self)?.readableBytesView.first == 0x88)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 125, 126, 65_535, 65_536])
    func `a frame of ours unmasks to what was written`(length: Int) throws {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        var frame = OutgoingFrame(allocator: ByteBufferAllocator(), expectedBytes: 0)
        frame.write { _ = $0.writeBytes(payload) }
        let bytes = Array(frame.sealed(as: .text, mask: 0x1234_56AB).readableBytesView)
        let header = length < 126 ? 2 : length < 65_536 ? 4 : 10
        #expect(bytes[0] == 0x81)
        #expect(bytes.count == header + 4 + length)
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0xAB]
        #expect(Array(bytes[header..<header + 4]) == mask)
        #expect(bytes.dropFirst(header + 4).enumerated().allSatisfy { $1 ^ mask[$0 & 3] == payload[$0] })
        var unmasked = bytes
        unmasked[1] &= 0x7F
        let read = try unmasked.withUnsafeBytes { try FrameHeader.read($0, at: 0) }
        #expect(read?.isFinal == true)
        #expect(read?.opcode == .text)
        #expect(read?.headerLength == header)
        #expect(read?.payloadLength == length)
    }
}
