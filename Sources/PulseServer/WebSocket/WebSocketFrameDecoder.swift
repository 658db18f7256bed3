import NIOCore

/// Client bytes in, messages out: RFC 6455, section 5, with every MUST of it, and no I/O.
///
/// Hand it what came with ``receive(_:)``, then call ``next()`` until it returns nil. After a close frame or a violation
/// it returns nothing more and drops what it is given. Every payload is unmasked in one pass into a buffer of its own,
/// of its own size, so a small message never keeps a large receive buffer alive; a length that a frame announces is
/// never allocated in advance. Text is checked as it arrives, not when it is complete.
package struct WebSocketFrameDecoder: Sendable {
    /// What came.
    package enum Event: Equatable, Sendable {
        case text(ByteBuffer)
        case binary(ByteBuffer)
        /// A message that is still compressed (RFC 7692, section 7.2.2); only where the rules accept that.
        case compressed(ByteBuffer, isText: Bool)
        case ping(ByteBuffer)
        case pong
        /// A valid close frame; nil where it held no code.
        case close(WebSocketCloseCode?)
        /// The connection must be failed with this code.
        case violation(WebSocketCloseCode, reason: String)
    }

    /// What a message may be.
    package struct Rules: Equatable, Sendable {
        package var maximumMessageBytes: Int
        package var maximumFragments: Int
        package var acceptsBinary: Bool
        /// Whether the first frame of a message may say, with RSV1, that the message is compressed.
        package var acceptsCompressed = false

        package init(maximumMessageBytes: Int, maximumFragments: Int, acceptsBinary: Bool) {
            self.maximumMessageBytes = maximumMessageBytes
            self.maximumFragments = maximumFragments
            self.acceptsBinary = acceptsBinary
        }
    }

    /// A data frame whose head was read and whose payload is arriving.
    private struct Frame {
        var isFinal: Bool
        var remainingBytes: Int
        var mask: WebSocketMask
    }

    /// A message that has begun.
    private struct Message {
        var isText: Bool
        var isCompressed: Bool
        var fragments = 0
        var validator = UTF8Validator()
    }

    private enum Step {
        case event(Event)
        case goOn
        case needBytes

        static func violation(_ code: WebSocketCloseCode, _ reason: String) -> Self {
            .event(.violation(code, reason: reason))
        }
    }

    package let rules: Rules
    private var input = ByteBuffer()
    private var frame: Frame?
    private var message: Message?
    private var payload = ByteBuffer()
    private var isFinished = false

    package init(rules: Rules) {
        self.rules = rules
    }

    /// Bytes that were received and not looked at yet.
    package var waitingBytes: Int { self.input.readableBytes }

    /// True while a frame or a message has begun and is not complete.
    package var isUnfinished: Bool {
        self.message != nil || self.frame != nil || self.input.readableBytes > 0
    }

    /// True between a message's first frame head and its last byte.
    package var isInsideMessage: Bool { self.message != nil }

    /// Bytes of the unfinished message so far.
    package var unfinishedBytes: Int { self.payload.readableBytes }

    /// Takes the next bytes of the connection.
    package mutating func receive(_ bytes: ByteBuffer) {
        guard !self.isFinished else { return }
        if self.input.readableBytes == 0 {
            self.input = bytes
        } else {
            self.input.writeImmutableBuffer(bytes)
        }
    }

    /// The next thing that is complete, or nil when more bytes are needed.
    package mutating func next() -> Event? {
        while !self.isFinished {
            let step = self.frame == nil ? self.readHead() : self.readPayload()
            switch step {
            case .goOn:
                continue
            case .needBytes:
                self.releaseReceiveBuffer()
                return nil
            case .event(let event):
                if event.isLast { self.finish() }
                return event
            }
        }
        return nil
    }

    // MARK: Heads

    private mutating func readHead() -> Step {
        let start = self.input.readerIndex
        guard let two = self.input.getInteger(at: start, as: UInt16.self) else { return .needBytes }
        let first = UInt8(two >> 8)
        let second = UInt8(two & 0xFF)
        let isFinal = first & 0x80 != 0
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            return .violation(.protocolError, "unknown opcode")
        }
        let isCompressed = first & 0x70 == 0x40 && opcode.beginsMessage && self.rules.acceptsCompressed
        guard first & 0x70 == 0 || isCompressed else { return .violation(.protocolError, "reserved bits are set") }
        guard second & 0x80 != 0 else { return .violation(.protocolError, "frame is not masked") }
        let shortLength = Int(second & 0x7F)
        guard !opcode.isControl else {
            return self.readControlFrame(opcode, isFinal: isFinal, length: shortLength)
        }
        if let refusal = self.refusal(of: opcode) { return refusal }

        var headBytes = 2
        var length = UInt64(shortLength)
        if shortLength == 126 {
            guard let long = self.input.getInteger(at: start + 2, as: UInt16.self) else { return .needBytes }
            guard long > 125 else { return .violation(.protocolError, "length is not minimal") }
            length = UInt64(long)
            headBytes = 4
        } else if shortLength == 127 {
            guard let long = self.input.getInteger(at: start + 2, as: UInt64.self) else { return .needBytes }
            guard long > 0xFFFF else { return .violation(.protocolError, "length is not minimal") }
            length = long
            headBytes = 10
        }
        guard length <= UInt64(max(0, self.rules.maximumMessageBytes - self.payload.readableBytes)) else {
            return .violation(.messageTooBig, "message is longer than \(self.rules.maximumMessageBytes) bytes")
        }
        guard let key = self.input.getInteger(at: start + headBytes, as: UInt32.self) else { return .needBytes }
        self.input.moveReaderIndex(forwardBy: headBytes + 4)

        var message = self.message ?? Message(isText: opcode == .text, isCompressed: isCompressed)
        message.fragments += 1
        guard message.fragments <= self.rules.maximumFragments else {
            return .violation(.messageTooBig, "message has more than \(self.rules.maximumFragments) frames")
        }
        self.message = message
        self.frame = Frame(isFinal: isFinal, remainingBytes: Int(length), mask: WebSocketMask(bigEndian: key))
        return .goOn
    }

    private func refusal(of opcode: WebSocketOpcode) -> Step? {
        if opcode == .continuation {
            return self.message == nil ? .violation(.protocolError, "continuation of nothing") : nil
        }
        guard self.message == nil else { return .violation(.protocolError, "message within an unfinished one") }
        guard opcode == .text || self.rules.acceptsBinary else {
            return .violation(.unsupportedData, "only text is spoken here")
        }
        return nil
    }

    // MARK: Payloads

    private mutating func readPayload() -> Step {
        guard var frame = self.frame, var message = self.message else { return .needBytes }
        let count = min(frame.remainingBytes, self.input.readableBytes)
        if count > 0 {
            if self.payload.readableBytes == 0 { self.payload.reserveCapacity(count) }
            let isValid = self.unmask(
                count, &frame.mask, &message.validator, isText: message.isText && !message.isCompressed)
            guard isValid else { return .violation(.invalidPayload, "text is not UTF-8") }
            frame.remainingBytes -= count
        }
        guard frame.remainingBytes == 0 else {
            self.frame = frame
            self.message = message
            return .needBytes
        }
        self.frame = nil
        guard frame.isFinal else {
            self.message = message
            return .goOn
        }
        self.message = nil
        let complete = self.payload
        self.payload = ByteBuffer()
        if message.isCompressed { return .event(.compressed(complete, isText: message.isText)) }
        guard !message.isText || message.validator.isAtBoundary else {
            return .violation(.invalidPayload, "text is not UTF-8")
        }
        return .event(message.isText ? .text(complete) : .binary(complete))
    }

    /// Moves the next `count` bytes from the input to the payload; false when they are not the UTF-8 they must be.
    private mutating func unmask(
        _ count: Int, _ mask: inout WebSocketMask, _ validator: inout UTF8Validator, isText: Bool
    ) -> Bool {
        var isValid = true
        self.input.withUnsafeReadableBytes { source in
            let source = UnsafeRawBufferPointer(rebasing: source[..<count])
            _ = self.payload.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
                let target = UnsafeMutableRawBufferPointer(rebasing: target[..<count])
                mask.unmask(source, into: target)
                isValid = !isText || validator.accept(UnsafeRawBufferPointer(target))
                return count
            }
        }
        self.input.moveReaderIndex(forwardBy: count)
        return isValid
    }

    // MARK: Control frames

    private mutating func readControlFrame(_ opcode: WebSocketOpcode, isFinal: Bool, length: Int) -> Step {
        guard isFinal else { return .violation(.protocolError, "control frame in fragments") }
        guard length <= 125 else { return .violation(.protocolError, "control frame longer than 125 bytes") }
        guard self.input.readableBytes >= 6 + length,
            let key = self.input.getInteger(at: self.input.readerIndex + 2, as: UInt32.self)
        else { return .needBytes }
        self.input.moveReaderIndex(forwardBy: 6)
        var mask = WebSocketMask(bigEndian: key)
        var payload = ByteBuffer()
        if length > 0 {
            self.input.withUnsafeReadableBytes { source in
                let source = UnsafeRawBufferPointer(rebasing: source[..<length])
                _ = payload.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
                    mask.unmask(source, into: target)
                    return length
                }
            }
            self.input.moveReaderIndex(forwardBy: length)
        }
        switch opcode {
        case .ping: return .event(.ping(payload))
        case .pong: return .event(.pong)
        default: return .event(Self.close(payload))
        }
    }

    private static func close(_ payload: ByteBuffer) -> Event {
        guard payload.readableBytes > 0 else { return .close(nil) }
        var reason = payload
        guard let number = reason.readInteger(as: UInt16.self) else {
            return .violation(.protocolError, reason: "close frame of one byte")
        }
        guard let code = WebSocketCloseCode(received: number) else {
            return .violation(.protocolError, reason: "close code that must not be sent")
        }
        var validator = UTF8Validator()
        guard reason.withUnsafeReadableBytes({ validator.accept($0) }), validator.isAtBoundary else {
            return .violation(.invalidPayload, reason: "close reason is not UTF-8")
        }
        return .close(code)
    }

    // MARK: Memory

    /// Keeps the few bytes of an incomplete head without the receive buffer they stand in.
    private mutating func releaseReceiveBuffer() {
        if self.input.readableBytes == 0 {
            self.input = ByteBuffer()
        } else if self.input.storageCapacity > 512 {
            self.input = ByteBuffer(bytes: self.input.readableBytesView)
        }
    }

    private mutating func finish() {
        self.isFinished = true
        self.input = ByteBuffer()
        self.payload = ByteBuffer()
        self.frame = nil
        self.message = nil
    }
}

extension WebSocketFrameDecoder.Event {
    fileprivate var isLast: Bool {
        switch self {
        case .close, .violation: true
        case .text, .binary, .compressed, .ping, .pong: false
        }
    }
}
