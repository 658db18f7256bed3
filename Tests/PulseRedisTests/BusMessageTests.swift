import NIOCore
import PulseEngine
import PulseModel
import PulseRedis
import Testing

/// The messages of `Protocol/bus.md`.
@Suite struct BusMessageTests {
    private static let epoch = Epoch(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff)
    private static let header = BusMessage.Header(
        epoch: epoch, sender: 0x0102_0304_0506_0708, versions: Version(7)...Version(9),
        time: Timestamp(microseconds: 1_790_000_000_000_001))

    /// The header, but for the kind.
    private static let headerVector = """
        50554c42 02 04 6d61696e %@ 00112233445566778899aabbccddeeff 0102030405060708
        0000000000000007 0000000000000009 00065bfeda25e001
        """
    /// The content of ann: versions 7 and 9, each a text frame of `{}`.
    private static let contentVector =
        headerVector.replacing("%@", with: "01")
        + " 04 7461736b 00000000 00000004 81027b7d 04 7461736b 00000002 00000004 81027b7d"
    /// A commit that touched ann and everybody.
    private static let commitVector =
        headerVector.replacing("%@", with: "02") + " 00000002 0005 753a616e6e 0001 2a"

    private static let frame = ByteBuffer(bytes: [0x81, 2, 0x7b, 0x7d])

    private func decode(_ bytes: [UInt8]) throws(BusMessageError) -> BusMessage {
        try BusMessage(ByteBuffer(bytes: bytes), space: "main")
    }

    @Test func `The content of a scope is read as documented`() throws {
        let message = try decode(Self.contentVector.bytes)
        #expect(message.header == Self.header)
        #expect(
            message.body
                == .content([
                    .init(model: ModelName("task")!, first: Version(7), frames: Self.frame),
                    .init(model: ModelName("task")!, first: Version(9), frames: Self.frame),
                ]))
    }

    @Test func `A commit is read as documented`() throws {
        let message = try decode(Self.commitVector.bytes)
        #expect(message.header == Self.header)
        #expect(message.body == .commit([.ann, .global]))
    }

    @Test func `A commit is written as documented, its contents first`() throws {
        let commit = Commit(
            versions: Self.header.versions, time: Self.header.time,
            runs: [
                FrameRun(scope: .ann, model: ModelName("task")!, first: Version(7), frames: Self.frame),
                FrameRun(scope: .ann, model: ModelName("task")!, first: Version(9), frames: Self.frame),
            ], missing: [])
        var commands: [UInt8] = []
        commands.appendPublications(
            of: commit, by: Self.header.sender, epoch: Self.epoch, on: Channels(prefix: "pulse", space: "main")!)
        let words = commands.words
        #expect(words.count == 6)
        #expect(words[0] == Array("PUBLISH".utf8) && words[3] == words[0])
        #expect(words[1] == Array("pulse:main:0:u:ann".utf8))
        #expect(words[2] == Self.contentVector.bytes)
        #expect(words[4] == Array("pulse:main:c".utf8))
        let body = try decode(words[5]).body
        #expect(body == .commit([.ann]))
    }

    @Test func `A content that is too large is not sent, and the commit names its scope`() throws {
        let large = ByteBuffer(repeating: 0, count: BusMessage.maximumBytes)
        let commit = Commit(
            versions: Version(1)...Version(2), time: Self.header.time,
            runs: [
                FrameRun(scope: .ann, model: ModelName("task")!, first: Version(1), frames: large),
                FrameRun(scope: .bob, model: ModelName("task")!, first: Version(2), frames: Self.frame),
            ])
        var commands: [UInt8] = []
        commands.appendPublications(of: commit, by: 1, epoch: Self.epoch, on: Channels(prefix: "p", space: "main")!)
        let words = commands.words
        #expect(words.count == 6)
        #expect(words[1] == Array("p:main:0:u:bob".utf8))
        #expect(try decode(words[5]).body == .commit([.ann, .bob]))
    }

    // MARK: Hostile input

    @Test(arguments: [contentVector, commitVector])
    func `A message that is cut anywhere is an error that says where`(vector: String) {
        let bytes = vector.bytes
        for length in 0..<bytes.count {
            // A content may end behind its first run.
            if vector == Self.contentVector, length == bytes.count - 17 { continue }
            do throws(BusMessageError) {
                let message = try decode(Array(bytes[..<length]))
                Issue.record("\(length) bytes are taken for \(message)")
            } catch {
                guard case .malformed(_, let offset) = error else {
                    Issue.record("\(length) bytes: \(error)")
                    continue
                }
                #expect(offset <= length)
            }
        }
    }

    @Test func `A message of another format is told from one that is damaged`() {
        var bytes = Self.commitVector.bytes
        bytes[4] = 3
        #expect(throws: BusMessageError.unknownFormat(3)) { try decode(bytes + [1, 2, 3]) }
    }

    @Test(arguments: [
        // The magic number.
        ("50554c42 02", "50554c43 02"),
        // The space.
        ("04 6d61696e", "04 6d61696f"), ("04 6d61696e", "ff 6d61696e"),
        // The kind.
        ("6d61696e 01", "6d61696e 03"),
        // Versions that are none, or backwards, or too many.
        ("0000000000000007 ", "0000000000000000 "), ("0000000000000007 ", "8000000000000000 "),
        ("0000000000000009 ", "0000000000000006 "), ("0000000000000009 ", "7fffffffffffffff "),
        // So great that adding to them would overflow, and a time from which nothing can be taken.
        ("0000000000000007 0000000000000009", "7fffffffffffffff 7fffffffffffffff"),
        // A model's name that is none, or longer than the message.
        ("04 7461736b 00000000", "04 5461736b 00000000"), ("04 7461736b 00000002", "ff 7461736b 00000002"),
        // A run of a version behind the last one, one that is not in order, one that is longer than the message.
        ("00000002 00000004", "00000003 00000004"), ("00000002 00000004", "00000000 00000004"),
        ("00000002 00000004", "00000002 00000005"), ("00000002 00000004", "00000002 ffffffff"),
        // An empty run, a frame that ends amid it, one that is longer than it, with a mask, binary, in fragments.
        ("00000002 00000004 81027b7d", "00000002 00000000"), ("00000002 00000004 8102", "00000002 00000004 8101"),
        ("00000002 00000004 8102", "00000002 00000004 8103"), ("00000002 00000004 8102", "00000002 00000004 8182"),
        ("00000002 00000004 8102", "00000002 00000004 8202"), ("00000002 00000004 8102", "00000002 00000004 0102"),
        ("00000002 00000004 8102", "00000002 00000004 817f"), ("00000002 00000004 8102", "00000002 00000004 817e"),
        (
            "00000002 00000004 81027b7d", "00000002 0000000a 817fffffffffffffffff"
        ),
    ])
    func `A content that is not as documented is an error`(original: String, damaged: String) throws {
        try #require(Self.contentVector.contains(original))
        #expect(throws: BusMessageError.self) {
            try decode(Self.contentVector.replacing(original, with: damaged).bytes)
        }
    }

    @Test(arguments: [
        // A scope that is none, no UTF-8, longer than the message; more scopes than there are; something behind them.
        ("753a616e6e", "783a616e6e"), ("753a616e6e", "753aff6e6e"), ("0005 753a", "ffff 753a"),
        ("00000002 0005", "ffffffff 0005"), ("0001 2a", "0001 2a 00"), ("00000002 0005", "00000001 0005"),
    ])
    func `A commit that is not as documented is an error`(original: String, damaged: String) throws {
        try #require(Self.commitVector.contains(original))
        #expect(throws: BusMessageError.self) {
            try decode(Self.commitVector.replacing(original, with: damaged).bytes)
        }
    }

    @Test func `No bytes make it crash`() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<20_000 {
            var bytes = round % 2 == 0 ? Self.contentVector.bytes : Self.commitVector.bytes
            for _ in 0...Int.random(in: 0...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            _ = try? decode(bytes)
        }
    }
}

extension String {
    /// The bytes that hexadecimal digits stand for.
    fileprivate var bytes: [UInt8] {
        let digits = filter(\.isHexDigit).map { UInt8($0.hexDigitValue!) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

extension [UInt8] {
    /// The words of all commands.
    fileprivate var words: [[UInt8]] {
        var words: [[UInt8]] = []
        var rest = self[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            guard line.first == UInt8(ascii: "$"),
                let count = Int(String(decoding: line.dropFirst().dropLast(), as: UTF8.self))
            else { continue }
            words.append([UInt8](rest.prefix(count)))
            rest = rest.dropFirst(count + 2)
        }
        return words
    }
}
