import NIOCore
import PulseEngine
import PulseModel
import PulseRedis

/// What other workers publish, as it stands.
struct BusTarget: FuzzTarget {
    static func seeds(from conversations: [[UInt8]]) -> [[UInt8]] {
        // A commit of versions 1 to 3, and what it wrote in the model "task" at version 2.
        let frames: [UInt8] = [0x81, 2] + "{}".utf8
        return [
            Self.message(kind: 1, [4] + "task".utf8 + [0, 0, 0, 1, 0, 0, 0, 4] + frames),
            Self.message(kind: 2, [0, 0, 0, 2, 0, 1] + "*".utf8 + [0, 3] + "u:7".utf8),
        ]
    }

    private static func message(kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        let numbers: [Int64] = [7, 7, 7, 1, 3, 1_800_000_000_000_000]
        return BusMessage.magic + [BusMessage.formatVersion, 4] + "main".utf8 + [kind]
            + numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } } + body
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let bytes = ByteBuffer(bytes: input)
        guard let message = try? BusMessage(bytes, space: "main") else { return }
        require((try? BusMessage(bytes, space: "main")) == message, "It is read in two ways.")
        require(message.header.versions.lowerBound > .zero, "There is no such version.")
    }
}
