import NIOCore
import PulseServer
import Testing

/// What a client sends, and what the decoder must make of it however the bytes are cut.
struct FrameCase: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var expected: [String]
    var testDescription: String { self.name }

    init(_ name: String, _ bytes: [UInt8], _ expected: String...) {
        self.name = name
        self.bytes = bytes
        self.expected = expected
    }
}

private let wellFormed: [FrameCase] = [
    FrameCase("a text", ClientFrames.text("hello"), "text hello"),
    FrameCase("an empty text", ClientFrames.text(""), "text "),
    FrameCase("two texts", ClientFrames.text("a") + ClientFrames.text("b"), "text a", "text b"),
    FrameCase("125 bytes", ClientFrames.text(String(repeating: "x", count: 125)), "text 125 bytes"),
    FrameCase("126 bytes", ClientFrames.text(String(repeating: "x", count: 126)), "text 126 bytes"),
    FrameCase(
        "three fragments with a ping between",
        ClientFrames.text("ab", isFinal: false) + ClientFrames.ping("p") + ClientFrames.continuation("", isFinal: false)
            + ClientFrames.continuation("cd"),
        "ping p", "text abcd"),
    FrameCase("a character over two fragments", halves(of: "é"), "text é"),
    FrameCase("an empty ping", ClientFrames.ping(""), "ping "),
    FrameCase("an unsolicited pong", ClientFrames.frame(opcode: 10, payload: [1, 2]), "pong"),
    FrameCase("an empty close", ClientFrames.frame(opcode: 8, payload: []), "close -"),
    FrameCase("what follows a close", ClientFrames.close(1000) + ClientFrames.text("x"), "close 1000"),
    FrameCase("a binary", ClientFrames.frame(opcode: 2, payload: [0, 255]), "binary 2 bytes"),
]

private let malformed: [FrameCase] = [
    FrameCase("no mask", [0x81, 0x02, 0x68, 0x69], "violation 1002"),
    FrameCase("RSV1", ClientFrames.frame(opcode: 1, payload: [], reserved: 0x40), "violation 1002"),
    FrameCase("RSV2", ClientFrames.frame(opcode: 1, payload: [], reserved: 0x20), "violation 1002"),
    FrameCase("RSV3 on a ping", ClientFrames.frame(opcode: 9, payload: [], reserved: 0x10), "violation 1002"),
    FrameCase("a ping of 126 bytes", [0x89, 0xFE, 0, 126, 0, 0, 0, 0], "violation 1002"),
    FrameCase("a ping in fragments", ClientFrames.frame(opcode: 9, payload: [], isFinal: false), "violation 1002"),
    FrameCase("a continuation of nothing", ClientFrames.continuation("x"), "violation 1002"),
    FrameCase(
        "a text within a text", ClientFrames.text("a", isFinal: false) + ClientFrames.text("b"), "violation 1002"),
    FrameCase("16-bit length of 2", [0x81, 0xFE, 0, 2, 0, 0, 0, 0, 1, 1], "violation 1002"),
    FrameCase("64-bit length of 65535", [0x81, 0xFF] + ClientFrames.bigEndian(65535, bytes: 8), "violation 1002"),
    FrameCase("a length of 2^63", [0x81, 0xFF] + ClientFrames.bigEndian(1 << 63, bytes: 8), "violation 1009"),
    FrameCase("a length of 2^62", [0x81, 0xFF] + ClientFrames.bigEndian(1 << 62, bytes: 8), "violation 1009"),
    FrameCase("one byte over the limit", [0x81, 0xFF] + ClientFrames.bigEndian(70_001, bytes: 8), "violation 1009"),
    FrameCase(
        "more fragments than allowed",
        ClientFrames.text("", isFinal: false)
            + Array(repeating: ClientFrames.continuation("", isFinal: false), count: 8).flatMap { $0 },
        "violation 1009"),
    FrameCase("a close of one byte", ClientFrames.frame(opcode: 8, payload: [3]), "violation 1002"),
    FrameCase("a close reason that is not UTF-8", ClientFrames.close(1000, reason: [0xC0, 0xAF]), "violation 1007"),
    FrameCase("a close reason that is cut off", ClientFrames.close(1000, reason: [0xE2, 0x82]), "violation 1007"),
]

private let badText: [[UInt8]] = [
    [0xFF, 0xFE], [0xC0, 0xAF], [0xC1, 0xBF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xF0, 0x8F, 0xBF, 0xBF], [0x80], [0xE2, 0x82], [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xF5],
]

private func halves(of text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return ClientFrames.frame(opcode: 1, payload: Array(bytes[..<1]), isFinal: false)
        + ClientFrames.frame(opcode: 0, payload: Array(bytes[1...]))
}

private func makeDecoder(acceptsBinary: Bool = true) -> WebSocketFrameDecoder {
    WebSocketFrameDecoder(
        rules: .init(maximumMessageBytes: 70_000, maximumFragments: 8, acceptsBinary: acceptsBinary))
}

func drain(_ decoder: inout WebSocketFrameDecoder) -> [String] {
    var events: [String] = []
    while let event = decoder.next() { events.append(describe(event)) }
    return events
}

func describe(_ event: WebSocketFrameDecoder.Event) -> String {
    func show(_ buffer: ByteBuffer) -> String {
        buffer.readableBytes < 20 ? String(buffer: buffer) : "\(buffer.readableBytes) bytes"
    }
    return switch event {
    case .text(let buffer): "text \(show(buffer))"
    case .binary(let buffer): "binary \(buffer.readableBytes) bytes"
    case .compressed(let buffer, _): "compressed \(buffer.readableBytes) bytes"
    case .ping(let buffer): "ping \(show(buffer))"
    case .pong: "pong"
    case .close(let code): "close \(code.map(\.description) ?? "-")"
    case .violation(let code, _): "violation \(code)"
    }
}

@Suite struct WebSocketFrameDecoderTests {
    @Test(arguments: wellFormed + malformed)
    func `frames mean the same wherever the bytes are cut`(frames: FrameCase) {
        for cut in 0...frames.bytes.count {
            var decoder = makeDecoder()
            decoder.receive(ByteBuffer(bytes: frames.bytes[..<cut]))
            var events = drain(&decoder)
            decoder.receive(ByteBuffer(bytes: frames.bytes[cut...]))
            events += drain(&decoder)
            #expect(events == frames.expected, "cut at \(cut)")
        }
    }

    @Test(arguments: wellFormed + malformed)
    func `frames mean the same one byte at a time`(frames: FrameCase) {
        var decoder = makeDecoder()
        var events: [String] = []
        for byte in frames.bytes {
            decoder.receive(ByteBuffer(bytes: [byte]))
            events += drain(&decoder)
        }
        #expect(events == frames.expected)
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func `an opcode that is not defined is a violation`(opcode: UInt8) {
        var decoder = makeDecoder()
        decoder.receive(ByteBuffer(bytes: ClientFrames.frame(opcode: opcode, payload: [])))
        #expect(drain(&decoder) == ["violation 1002"])
    }

    @Test(arguments: badText)
    func `text that is not UTF-8 is refused`(text: [UInt8]) {
        for cut in 0...text.count {
            var decoder = makeDecoder()
            let first = ClientFrames.frame(opcode: 1, payload: Array(text[..<cut]), isFinal: false)
            decoder.receive(ByteBuffer(bytes: first + ClientFrames.frame(opcode: 0, payload: Array(text[cut...]))))
            #expect(drain(&decoder) == ["violation 1007"], "cut at \(cut)")
        }
    }

    @Test func `a bad byte is refused before its frame is complete`() {
        var decoder = makeDecoder()
        let frame = ClientFrames.frame(opcode: 1, payload: [0x61, 0xF5] + Array(repeating: 0x61, count: 100))
        decoder.receive(ByteBuffer(bytes: frame[..<8]))
        #expect(drain(&decoder) == ["violation 1007"])
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999] as [UInt16])
    func `a close code that may be sent is handed up`(code: UInt16) {
        var decoder = makeDecoder()
        decoder.receive(ByteBuffer(bytes: ClientFrames.close(code, reason: Array("bye".utf8))))
        #expect(drain(&decoder) == ["close \(code)"])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16])
    func `a close code that must not be sent is a violation`(code: UInt16) {
        var decoder = makeDecoder()
        decoder.receive(ByteBuffer(bytes: ClientFrames.close(code)))
        #expect(drain(&decoder) == ["violation 1002"])
    }

    @Test func `binary is refused by its first two bytes where only text is spoken`() {
        var decoder = makeDecoder(acceptsBinary: false)
        decoder.receive(ByteBuffer(bytes: [0x82, 0xFE]))
        #expect(drain(&decoder) == ["violation 1003"])
    }

    @Test func `a message may be as long as the limit, over all its fragments, and no longer`() {
        let half = String(repeating: "x", count: 35_000)
        for (second, expected) in [(half, "text 70000 bytes"), (half + "x", "violation 1009")] {
            var decoder = makeDecoder()
            let bytes = ClientFrames.text(half, isFinal: false) + ClientFrames.continuation(second)
            decoder.receive(ByteBuffer(bytes: bytes))
            #expect(drain(&decoder) == [expected])
        }
    }

    @Test func `a small message does not keep the receive buffer it came in`() throws {
        var decoder = makeDecoder()
        var received = ByteBufferAllocator().buffer(capacity: 65_536)
        received.writeBytes(ClientFrames.text("hello"))
        decoder.receive(received)
        guard case .text(let text)? = decoder.next() else {
            Issue.record("no text")
            return
        }
        #expect(text.storageCapacity < 256)
    }

    @Test(arguments: 0...40)
    func `every length and place of a payload is unmasked alike`(length: Int) {
        let plain = (0..<length).map { UInt8($0) }
        let masked = plain.enumerated().map { $0.element ^ ClientFrames.mask[$0.offset % 4] }
        for cut in 0...length {
            var mask = WebSocketMask(bigEndian: 0x37FA_213D)
            var unmasked: [UInt8] = []
            for piece in [masked[..<cut], masked[cut...]] {
                var target = [UInt8](repeating: 0, count: piece.count)
                Array(piece).withUnsafeBytes { source in
                    target.withUnsafeMutableBytes { mask.unmask(source, into: $0) }
                }
                unmasked += target
            }
            #expect(unmasked == plain, "cut at \(cut)")
        }
    }
}
