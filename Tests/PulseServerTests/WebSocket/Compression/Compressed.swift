import NIOCore
import PulseServer

/// What a connection that has agreed on compression is sent, and hands up.
struct CompressedInput {
    private var decoder: WebSocketFrameDecoder
    private let inflater: MessageInflater
    private let maximumMessageBytes: Int

    init(maximumMessageBytes: Int = 70_000, inflater: MessageInflater = MessageInflater()) {
        var rules = WebSocketFrameDecoder.Rules(
            maximumMessageBytes: maximumMessageBytes, maximumFragments: 8, acceptsBinary: true)
        rules.acceptsCompressed = true
        self.decoder = WebSocketFrameDecoder(rules: rules)
        self.inflater = inflater
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// What the next bytes complete.
    mutating func receive(_ bytes: some Collection<UInt8> & Sendable) -> [WebSocketFrameDecoder.Event] {
        self.decoder.receive(ByteBuffer(bytes: bytes))
        var events: [WebSocketFrameDecoder.Event] = []
        while let event = self.decoder.next() {
            if case .compressed(let payload, let isText) = event {
                events.append(
                    self.inflater.message(payload, isText: isText, maximumBytes: self.maximumMessageBytes))
            } else {
                events.append(event)
            }
        }
        return events
    }
}

extension ClientFrames {
    /// A compressed message in fragments, the first of which says that it is compressed.
    static func compressed(_ fragments: [UInt8]..., opcode: UInt8 = 1) -> [UInt8] {
        fragments.enumerated().flatMap { index, fragment in
            self.frame(
                opcode: index == 0 ? opcode : 0, payload: fragment, isFinal: index == fragments.count - 1,
                reserved: index == 0 ? 0x40 : 0)
        }
    }
}

/// A frame of the server's, taken apart.
struct ServerFrame: Equatable {
    let first: UInt8
    let payload: [UInt8]

    var isCompressed: Bool { self.first & 0x40 != 0 }

    static func all(in frames: ByteBuffer) -> [ServerFrame] {
        var frames = frames
        var found: [ServerFrame] = []
        while let first = frames.readInteger(as: UInt8.self), let short = frames.readInteger(as: UInt8.self) {
            let length: Int
            switch short {
            case 126: length = Int(frames.readInteger(as: UInt16.self)!)
            case 127: length = Int(frames.readInteger(as: UInt64.self)!)
            default: length = Int(short)
            }
            // The shortest form that holds the length.
            precondition(short < 126 || length > (short == 126 ? 125 : 0xFFFF))
            found.append(ServerFrame(first: first, payload: frames.readBytes(length: length)!))
        }
        return found
    }
}
