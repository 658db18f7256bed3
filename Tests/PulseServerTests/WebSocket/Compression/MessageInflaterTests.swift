import NIOCore
import PulseServer
import Testing

/// Raw deflate data that other programs make, without the last four bytes.
private let compressions: [(payload: [UInt8], message: String)] = [
    // RFC 7692, section 7.2.3: one block, no compression, a final block, two blocks.
    ([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "text Hello"),
    ([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00], "text Hello"),
    ([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], "text Hello"),
    ([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00], "text Hello"),
    // A final block without the octet that should follow it, and one with another block behind it.
    ([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "text Hello"),
    ([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], "text HelloHello"),
    // The tail is a final block.
    ([0x01], "text "),
    ([0x00], "text "),
    ([0x02, 0x00], "text "),
    ([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xF0, 0x18, 0x25, 0x69, 0x4C, 0x02, 0x00], "text 360 bytes"),
]

private let malformed: [[UInt8]] = [
    // Nothing, a reserved kind of block, a stored block whose lengths differ, a reference to what was never sent.
    [], [0x06], [0x00, 0x05, 0x00, 0x00, 0x00, 0x48], [0x02, 0x22, 0x00],
    // Cut off: within a fixed block, within a stored one, within the head of a dynamic one.
    [0xF2, 0x48, 0xCD], [0x00, 0x20, 0x00, 0xDF, 0xFF, 0x48, 0x65], [0x4A],
    // Bits left of the last byte.
    [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07],
    // Behind a final block comes no block.
    [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x06],
    [0xFF, 0xFF, 0xFF, 0xFF],
]

/// What stands behind every compressed message, and is not sent.
private let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

/// `count` times the letter `a`, compressed, at most a MiB.
private func compressed(lettersA count: Int) -> [UInt8] {
    var frame = ByteBuffer(bytes: [0x81, 127])
    frame.writeInteger(UInt64(count))
    frame.writeRepeatingByte(UInt8(ascii: "a"), count: count)
    return ServerFrame.all(in: FrameCompressor().compress(frame))[0].payload
}

@Suite struct MessageInflaterTests {
    @Test(arguments: compressions)
    func `a compressed message is inflated wherever its bytes are cut`(payload: [UInt8], message: String) {
        let bytes = ClientFrames.compressed(payload)
        for cut in 0...bytes.count {
            var input = CompressedInput()
            let events = input.receive(bytes[..<cut]) + input.receive(bytes[cut...])
            #expect(events.map(describe) == [message], "cut at \(cut)")
        }
    }

    @Test(arguments: compressions)
    func `a compressed message may come in any fragments, with a ping between`(payload: [UInt8], message: String) {
        for first in 0...payload.count {
            for second in first...payload.count {
                var input = CompressedInput()
                let fragments = ClientFrames.compressed(
                    Array(payload[..<first]), Array(payload[first..<second]), Array(payload[second...]))
                let firstLength = 6 + first
                let bytes = fragments[..<firstLength] + ClientFrames.ping("p") + fragments[firstLength...]
                #expect(input.receive(bytes).map(describe) == ["ping p", message])
            }
        }
    }

    @Test(arguments: malformed)
    func `what is not compressed as agreed is a violation`(payload: [UInt8]) {
        var input = CompressedInput()
        #expect(input.receive(ClientFrames.compressed(payload)).map(describe) == ["violation 1007"])
    }

    @Test func `no message leaves anything behind for the next one`() {
        let inflater = MessageInflater()
        for (payload, message) in compressions {
            for broken in malformed {
                var input = CompressedInput(inflater: inflater)
                _ = input.receive(ClientFrames.compressed(broken))
                input = CompressedInput(inflater: inflater)
                #expect(input.receive(ClientFrames.compressed(payload)).map(describe) == [message])
            }
        }
        // It refers to the message before.
        var input = CompressedInput(inflater: inflater)
        let events = input.receive(
            ClientFrames.compressed([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
                + ClientFrames.compressed([0xF2, 0x00, 0x11, 0x00, 0x00]))
        #expect(events.map(describe) == ["text Hello", "violation 1007"])
    }

    @Test func `a compressed text must be UTF-8, a compressed binary need not`() {
        let payloads: [([UInt8], binary: String)] = [
            ([0xFA, 0x0F, 0x00], "binary 1 bytes"), ([0x7A, 0xD4, 0x04, 0x00], "binary 2 bytes"),
        ]
        for (payload, binary) in payloads {
            var input = CompressedInput()
            let events = input.receive(ClientFrames.compressed(payload, opcode: 2) + ClientFrames.compressed(payload))
            #expect(events.map(describe) == [binary, "violation 1007"])
        }
    }

    @Test func `messages that are not compressed go on as before`() {
        var input = CompressedInput()
        let bytes = ClientFrames.text("a", isFinal: false) + ClientFrames.continuation("b") + ClientFrames.text("c")
        #expect(input.receive(bytes).map(describe) == ["text ab", "text c"])
    }

    @Test(
        arguments: [
            ClientFrames.frame(opcode: 1, payload: [0x00], reserved: 0x20),
            ClientFrames.frame(opcode: 1, payload: [0x00], reserved: 0x50),
            ClientFrames.frame(opcode: 8, payload: [], reserved: 0x40),
            ClientFrames.frame(opcode: 9, payload: [], reserved: 0x40),
            ClientFrames.frame(opcode: 10, payload: [], reserved: 0x40),
            ClientFrames.frame(opcode: 0, payload: [], reserved: 0x40),
            ClientFrames.compressed([], []).dropLast(6)
                + ClientFrames.frame(opcode: 0, payload: [0x00], reserved: 0x40),
            ClientFrames.text("a", isFinal: false) + ClientFrames.frame(opcode: 0, payload: [], reserved: 0x40),
        ])
    func `the reserved bit means compression on the first frame of a message only`(bytes: [UInt8]) {
        var input = CompressedInput()
        #expect(input.receive(bytes).map(describe) == ["violation 1002"])
    }

    @Test func `the limit holds for the inflated message, to the byte`() {
        for (count, expected) in [
            (69_999, "text 69999 bytes"), (70_000, "text 70000 bytes"), (70_001, "violation 1009"),
        ] {
            var input = CompressedInput()
            let payload = compressed(lettersA: count)
            #expect(payload.count < 1_000)
            #expect(input.receive(ClientFrames.compressed(payload)).map(describe) == [expected])
        }
    }

    @Test(arguments: [0, 1, 70_000, 1 << 20])
    func `a message that would inflate to a GiB is refused at the limit`(limit: Int) {
        let mebibyte = compressed(lettersA: 1 << 20) + tail
        let bomb = ByteBuffer(bytes: Array(repeatElement(mebibyte, count: 1_024).joined()))
        let event = MessageInflater().message(bomb, isText: true, maximumBytes: limit)
        #expect(describe(event) == "violation 1009")
    }

    @Test func `any number of blocks that hold nothing make an empty message`() {
        let empty: [[UInt8]] = [[0x00] + tail, [0x03, 0x00], [0x02, 0x08, 0x20, 0x80, 0x00]]
        for block in empty {
            let payload = Array(repeatElement(block, count: 200_000).joined()) + [0x00]
            let event = MessageInflater().message(ByteBuffer(bytes: payload), isText: true, maximumBytes: 10)
            #expect(describe(event) == "text ")
        }
    }
}
