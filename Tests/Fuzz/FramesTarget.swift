import NIOCore
import PulseServer

/// The first byte chooses the rules and where the stream behind it is cut.
struct FramesTarget: FuzzTarget {
    static func seeds(from conversations: [[UInt8]]) -> [[UInt8]] {
        let control: [[UInt8]] = [
            [0x89, 0x82, 1, 2, 3, 4, 0x69, 0x6B],
            [0x8A, 0x80, 0, 0, 0, 0],
            [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8],
            [0x82, 0x82, 0, 0, 0, 0, 0xFF, 0xFE],
            // "a", compressed.
            [0xC1, 0x83, 0, 0, 0, 0, 0x4A, 0x04, 0x00],
            [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        ]
        let edges = Self.text(Array("é\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}".utf8)[...])
        let spoken = conversations.map { conversation in
            conversation.split(separator: UInt8(ascii: "\n")).flatMap { Self.text($0.dropFirst()) }
        }
        return (control + [edges] + spoken).enumerated().map {
            [UInt8(truncatingIfNeeded: $0.offset &* 37)] + $0.element
        }
    }

    private static func text(_ payload: ArraySlice<UInt8>) -> [UInt8] {
        let middle = payload.count / 2
        return frame(0x01, payload.prefix(middle)) + frame(0x80, payload.dropFirst(middle))
    }

    private static func frame(_ first: UInt8, _ payload: ArraySlice<UInt8>) -> [UInt8] {
        let length: [UInt8] =
            payload.count < 126
            ? [0x80 | UInt8(payload.count)]
            : [0xFE, UInt8(truncatingIfNeeded: payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
        return [first] + length + [0, 0, 0, 0] + payload
    }

    func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = input.first else { return }
        let stream = input.dropFirst()
        var rules = WebSocketFrameDecoder.Rules(
            maximumMessageBytes: 2_048, maximumFragments: 8, acceptsBinary: choice & 1 != 0)
        rules.acceptsCompressed = choice & 2 != 0
        let whole = events(of: stream, by: rules) { max(1, stream.count) }
        require(events(of: stream, by: rules) { 1 } == whole, "Byte by byte it is another conversation.")
        var state = UInt32(choice) &+ 1
        let cut = events(of: stream, by: rules) {
            state = state &* 1_664_525 &+ 1_013_904_223
            return 1 + Int(state >> 27)
        }
        require(cut == whole, "In pieces it is another conversation.")
        var validator = UTF8Validator()
        require(
            (validator.accept(UnsafeRawBufferPointer(rebasing: stream)) && validator.isAtBoundary)
                == (String(validating: stream, as: UTF8.self) != nil),
            "The standard library does not agree on what UTF-8 is.")
        let inflater = MessageInflater()
        for event in whole { check(event, rules, inflater) }
    }

    private func events(
        of stream: Slice<UnsafeRawBufferPointer>, by rules: WebSocketFrameDecoder.Rules, piece: () -> Int
    ) -> [WebSocketFrameDecoder.Event] {
        var decoder = WebSocketFrameDecoder(rules: rules)
        var events: [WebSocketFrameDecoder.Event] = []
        var rest = stream
        while !rest.isEmpty {
            let count = piece()
            decoder.receive(ByteBuffer(bytes: rest.prefix(count)))
            rest = rest.dropFirst(count)
            while let event = decoder.next() { events.append(event) }
            // The longest that is not looked at is a control frame without its last byte.
            require(decoder.waitingBytes < 131, "\(decoder.waitingBytes) bytes wait.")
            require(decoder.unfinishedBytes <= rules.maximumMessageBytes, "The unfinished message is too long.")
        }
        return events
    }

    private func check(
        _ event: WebSocketFrameDecoder.Event, _ rules: WebSocketFrameDecoder.Rules, _ inflater: MessageInflater
    ) {
        switch event {
        case .text(let text):
            require(text.readableBytes <= rules.maximumMessageBytes, "A text is too long.")
            require(String(validating: text.readableBytesView, as: UTF8.self) != nil, "A text is not UTF-8.")
        case .binary(let bytes):
            require(rules.acceptsBinary, "A binary was not asked for.")
            require(bytes.readableBytes <= rules.maximumMessageBytes, "A binary is too long.")
        case .compressed(let payload, let isText):
            require(rules.acceptsCompressed, "Compression was not agreed on.")
            check(
                inflater.message(payload, isText: isText, maximumBytes: rules.maximumMessageBytes), rules, inflater)
        case .ping(let payload):
            require(payload.readableBytes <= 125, "A ping is too long.")
        case .pong, .close, .violation:
            break
        }
    }
}
