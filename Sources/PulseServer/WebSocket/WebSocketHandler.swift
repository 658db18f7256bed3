import NIOCore
import NIOSSL

/// The one handler of an upgraded connection: socket bytes to session and back. Glue: what frames mean is
/// ``WebSocketFrameDecoder``'s, when to ping and give up ``Keepalive``'s.
///
/// Sendable by confinement: the guard is the channel's event loop, on which everything here happens.
final class WebSocketHandler: ChannelDuplexHandler, TickerMember, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Messages go both ways.
        case open
        /// Our close frame is out; the peer's is awaited until the deadline.
        case closing(until: NIODeadline)
        /// No frame matters any more; what still comes is dropped until the peer has closed or the deadline.
        case ended(until: NIODeadline)
        /// The socket is gone.
        case gone
    }

    /// Bytes of messages that one connection has handed up in one turn of its loop. A few compressed bytes can be many.
    private static let bytesPerTurn = 128 * 1024

    let front: Front
    let ticker: ConnectionTicker
    /// Nil where no compression was agreed on.
    private let compression: LoopCompression?
    var account: ConnectionAccount
    var session: (any WebSocketSession)?
    var context: ChannelHandlerContext?
    var phase: Phase = .open
    var decoder: WebSocketFrameDecoder
    var keepalive: Keepalive
    var pongs: PongBudget
    var writtenBytes: Int64 = 0
    /// Since when a message is being received and not complete.
    var unfinishedSince: NIODeadline?
    /// What the channel said last. Asking it costs more than a fan-out can spend on every receiver.
    private var isChannelWritable = true
    var isPaused = false
    /// Whether it has used up its turn of the loop, and leaves the loop to others until the next.
    var isYielding = false
    private var isDelivering = false
    private var holdsRead = false
    private var needsFlush = false
    var sawEnd = false
    var toldSession = false
    var tickerPlace: ConnectionTicker.Place?

    init(
        session: any WebSocketSession, rules: WebSocketFrameDecoder.Rules, front: Front, ticker: ConnectionTicker,
        compression: LoopCompression?, account: ConnectionAccount
    ) {
        let now = NIODeadline.now()
        self.session = session
        self.front = front
        self.ticker = ticker
        self.compression = compression
        var rules = rules
        rules.acceptsCompressed = compression != nil
        self.account = account
        self.decoder = WebSocketFrameDecoder(rules: rules)
        let limits = front.limits
        self.keepalive = Keepalive(pingInterval: limits.pingInterval, silenceLimit: limits.silenceLimit, now: now)
        self.pongs = PongBudget(perSecond: limits.pingsPerSecond, now: now)
    }

    /// The 101 is on its way: tells the session, and starts the clocks.
    func start() {
        guard let context = self.context, let session = self.session else { return }
        self.isChannelWritable = context.channel.isWritable
        self.account.opened()
        self.ticker.schedule(self, at: self.nextCheck(after: .now()))
        session.opened(WebSocketConnection(handler: self, eventLoop: context.eventLoop))
    }

    // MARK: What the session asks for

    var isWritable: Bool {
        guard case .open = self.phase else { return false }
        return self.isChannelWritable
    }

    func write(frames: ByteBuffer) {
        guard case .open = self.phase else { return }
        self.put(self.compression?.compress(frames) ?? frames)
    }

    func flush() {
        self.needsFlush = false
        self.context?.flush()
    }

    func close(code: WebSocketCloseCode, reason: String) {
        guard case .open = self.phase else { return }
        self.account.code = code
        let deadline = NIODeadline.now() + TimeAmount(self.front.limits.closeTimeout)
        self.phase = .closing(until: deadline)
        self.put(WebSocketFrames.close(code, reason: reason))
        self.flush()
        self.ticker.schedule(self, at: deadline)
        // Later, so that nothing of the session is called from within its own call.
        if self.isPaused { self.context?.eventLoop.execute { self.resumeReading() } }
    }

    func pauseReading() {
        guard case .open = self.phase else { return }
        self.isPaused = true
        self.unfinishedSince = nil
    }

    func resumeReading() {
        guard self.isPaused else { return }
        self.isPaused = false
        self.keepalive.heard(at: .now())
        // Within a delivery the loop that called out simply goes on.
        if !self.isDelivering { self.goOn() }
    }

    /// Hands up what waited, and reads on.
    private func goOn() {
        guard let context = self.context else { return }
        self.deliver()
        self.endBurst()
        self.releaseRead(context)
        if self.sawEnd, !self.mustWait { self.dropSocket() }
    }

    private var mustWait: Bool { self.isPaused || self.isYielding }

    private func yield() {
        self.isYielding = true
        self.context?.eventLoop.execute {
            self.isYielding = false
            self.goOn()
        }
    }

    // MARK: Bytes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.phase {
        case .open, .closing: break
        case .ended, .gone: return
        }
        self.keepalive.heard(at: .now())
        self.decoder.receive(self.unwrapInboundIn(data))
        self.deliver()
        if self.isPaused, self.decoder.waitingBytes > self.front.limits.maximumWaitingBytes { self.dropSocket() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.endBurst()
    }

    private func endBurst() {
        if case .open = self.phase {
            self.session?.readComplete()
            if self.mustWait || !self.decoder.isUnfinished {
                self.unfinishedSince = nil
            } else if self.unfinishedSince == nil {
                self.unfinishedSince = .now()
            }
        }
        if self.needsFlush { self.flush() }
    }

    private func deliver() {
        guard !self.isDelivering else { return }
        self.isDelivering = true
        defer { self.isDelivering = false }
        var byteCount = 0
        while !self.mustWait, let event = self.nextEvent() {
            if !self.decoder.isInsideMessage { self.unfinishedSince = nil }
            switch (event, self.phase) {
            case (.text(let text), .open):
                self.session?.received(text: text)
                byteCount += text.readableBytes
                if byteCount >= Self.bytesPerTurn { self.yield() }
            case (.binary(let binary), .open): self.session?.received(binary: binary)
            case (.ping(let payload), .open): self.answer(payload)
            case (.close(let code), .open): self.end(sending: code ?? .normalClosure, reason: "")
            case (.violation(let code, let reason), .open): self.end(sending: code, reason: reason)
            case (.close, .closing), (.violation, .closing): self.end()
            case (_, .ended), (_, .gone): return
            case (.pong, _), (.text, .closing), (.binary, .closing), (.compressed, _), (.ping, .closing): break
            }
        }
    }

    /// The decoder's next event, with its message inflated.
    private func nextEvent() -> WebSocketFrameDecoder.Event? {
        guard let event = self.decoder.next() else { return nil }
        return self.compression?.inflate(event, maximumBytes: self.decoder.rules.maximumMessageBytes) ?? event
    }

    private func answer(_ ping: ByteBuffer) {
        let now = NIODeadline.now()
        let wasOwing = self.pongs.isOwing
        if let payload = self.pongs.receivedPing(ping, now: now, isWritable: self.isWritable) {
            self.put(WebSocketFrames.pong(payload))
        } else if !wasOwing {
            self.ticker.schedule(self, at: now + .seconds(1))
        }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.leave(context)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.leave(context)
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.isChannelWritable = context.channel.isWritable
        if case .open = self.phase { self.session?.writabilityChanged(context.channel.isWritable) }
        self.answerOwedPong()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            self.sawEnd = true
            // What a paused session has not seen yet it still gets; the socket goes when it resumes.
            if case .open = self.phase, self.mustWait, self.decoder.waitingBytes > 0 { return }
            self.dropSocket()
        case is ChannelShouldQuiesceEvent:
            if self.session?.seesToItsEnd != true {
                self.close(code: .serviceRestart, reason: "the server is stopping")
            }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that ended its side without a word of TLS has ended it all the same: that comes as an event.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        self.dropSocket()
    }

    /// Auto-read asks here; while paused the question waits.
    func read(context: ChannelHandlerContext) {
        if self.mustWait {
            self.holdsRead = true
        } else {
            context.read()
        }
    }

    func releaseRead(_ context: ChannelHandlerContext) {
        guard self.holdsRead, !self.mustWait else { return }
        self.holdsRead = false
        context.read()
    }

    func put(_ frames: ByteBuffer) {
        guard let context = self.context else { return }
        self.writtenBytes += Int64(frames.readableBytes)
        self.needsFlush = true
        context.write(self.wrapOutboundOut(frames), promise: nil)
    }
}
