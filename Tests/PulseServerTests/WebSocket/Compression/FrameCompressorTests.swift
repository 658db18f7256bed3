import NIOCore
import NIOPosix
import PulseServer
import Testing

/// Texts between what cannot be compressed and what almost vanishes, the same for the same seed.
private struct Texts {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func number(below bound: Int) -> Int {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(self.state >> 33) % bound
    }

    mutating func text(byteCount: Int) -> [UInt8] {
        let letters = 1 + self.number(below: 90)
        return (0..<byteCount).map { _ in UInt8(32 + self.number(below: letters)) }
    }
}

private func frame(_ payload: [UInt8], first: UInt8 = 0x81) -> ByteBuffer {
    var frame = ByteBuffer(integer: first)
    switch payload.count {
    case ..<126: frame.writeInteger(UInt8(payload.count))
    case ..<65_536: frame.writeMultipleIntegers(UInt8(126), UInt16(payload.count))
    default: frame.writeMultipleIntegers(UInt8(127), UInt64(payload.count))
    }
    frame.writeBytes(payload)
    return frame
}

private func joined(_ frames: [ByteBuffer]) -> ByteBuffer {
    ByteBuffer(bytes: frames.flatMap { Array($0.readableBytesView) })
}

private func inflated(_ frame: ServerFrame) -> [UInt8] {
    guard frame.isCompressed else { return frame.payload }
    let event = MessageInflater().message(ByteBuffer(bytes: frame.payload), isText: false, maximumBytes: 1 << 21)
    guard case .binary(let message) = event else { return [] }
    return Array(message.readableBytesView)
}

private func place(_ buffer: ByteBuffer) -> UInt {
    buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
}

@Suite struct FrameCompressorTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `what was compressed inflates to the same messages, and is never longer`(seed: UInt64) {
        var texts = Texts(seed: seed)
        let compressor = FrameCompressor()
        for _ in 0..<10 {
            let payloads = (0..<texts.number(below: 30)).map { _ in
                texts.text(byteCount: texts.number(below: [100, 300, 5_000, 80_000][texts.number(below: 4)]))
            }
            let frames = joined(payloads.map { frame($0) })
            let compressed = compressor.compress(frames)
            #expect(ServerFrame.all(in: compressed).map(inflated) == payloads)
            #expect(compressed.readableBytes <= frames.readableBytes)
        }
    }

    @Test(arguments: [127, 128, 129, 65_535, 65_536, 1 << 20])
    func `every form of a frame's head is read and written`(byteCount: Int) {
        let repeated = [UInt8](repeating: 0x61, count: byteCount)
        var texts = Texts(seed: UInt64(byteCount))
        // Six bits a byte: a quarter is saved, and the head keeps its form.
        let varied = (0..<byteCount).map { _ in UInt8(32 + texts.number(below: 64)) }
        for payload in [repeated, varied] {
            for first in [0x81, 0x82] as [UInt8] {
                let frames = ServerFrame.all(in: FrameCompressor().compress(frame(payload, first: first)))
                #expect(frames.count == 1)
                #expect(inflated(frames[0]) == payload)
                #expect(frames[0].first == (frames[0].isCompressed ? first | 0x40 : first))
                #expect(frames[0].isCompressed || byteCount < 130)
            }
        }
        let short = ServerFrame.all(in: FrameCompressor().compress(frame(repeated)))[0]
        #expect(short.isCompressed == (byteCount >= 128))
    }

    @Test func `what gets no shorter, and what is no whole message, stays as it is`() {
        var texts = Texts(seed: 1)
        let random = (0..<300).map { _ in UInt8(texts.number(below: 256)) }
        let repeated = [UInt8](repeating: 0x61, count: 300)
        let frames = joined([
            frame(random, first: 0x82), frame(repeated, first: 0x01), frame(repeated, first: 0x80),
            frame([0x61], first: 0x89), frame([0x03, 0xE8], first: 0x88), frame([]),
        ])
        #expect(FrameCompressor().compress(frames) == frames)
    }

    @Test func `a window of four KiB is enough to inflate what was compressed`() {
        var texts = Texts(seed: 2)
        // The same text again, at a distance that a window of eight KiB would reach.
        let far = texts.text(byteCount: 5_000)
        let near = Array(far.prefix(3_000))
        func compressedBytes(_ payload: [UInt8]) -> Int { FrameCompressor().compress(frame(payload)).readableBytes }
        #expect(compressedBytes(near + near) < compressedBytes(near) + 200)
        #expect(compressedBytes(far + far) > compressedBytes(far) + 1_000)
    }

    @Test func `all receivers within a turn of the loop share one compressed copy`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let first = frame([UInt8](repeating: 0x61, count: 300))
        let second = frame([UInt8](repeating: 0x62, count: 300))
        let compression = LoopCompression(eventLoop: loop)
        let kept = try await loop.submit {
            let copies = (0..<3).map { _ in compression.compress(first) }
            #expect(copies[0].readableBytes < 50)
            #expect(Set(copies.map(place)).count == 1)
            let others = (0..<3).map { _ in compression.compress(second) }
            #expect(Set(others.map(place)).count == 1)
            #expect(place(others[0]) != place(copies[0]))
            #expect(
                others.map(ServerFrame.all).map { inflated($0[0]) }
                    == Array(repeating: Array(repeating: 0x62, count: 300), count: 3))
            return others[0]
        }.get()
        // Kept alive, so that another one cannot have its place.
        let later = try await loop.submit { compression.compress(second) }.get()
        #expect(place(later) != place(kept))
        #expect(later == kept)
    }

    @Test func `frames too short to gain anything are handed on as they are`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let compression = LoopCompression(eventLoop: loop)
        let ack = frame([UInt8](repeating: 0x61, count: 120))
        let handed = try await loop.submit { compression.compress(ack) }.get()
        #expect(place(handed) == place(ack))
    }
}
