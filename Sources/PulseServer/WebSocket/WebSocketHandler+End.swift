import NIOCore

/// The last frame, the end of the session and that of the socket.
extension WebSocketHandler {
    /// The last frame goes out, then our side of the socket ends; the peer has a limited time to end its own.
    func end(sending code: WebSocketCloseCode, reason: String) {
        self.account.code = code
        self.put(WebSocketFrames.close(code, reason: reason))
        self.flush()
        self.end()
    }

    func end() {
        let deadline = NIODeadline.now() + TimeAmount(self.front.limits.closeTimeout)
        self.phase = .ended(until: deadline)
        (self.isPaused, self.isYielding) = (false, false)
        self.ticker.schedule(self, at: deadline)
        guard let context = self.context else { return }
        self.endSession(context)
        context.close(mode: .output, promise: nil)
        self.releaseRead(context)
        if self.sawEnd { self.dropSocket() }
    }

    func dropSocket() {
        self.context?.close(mode: .all, promise: nil)
    }

    /// Later, so that a session is never told from within its own call.
    private func endSession(_ context: ChannelHandlerContext) {
        guard !self.toldSession else { return }
        self.toldSession = true
        context.eventLoop.execute {
            self.session?.closed()
            self.session = nil
        }
    }

    func leave(_ context: ChannelHandlerContext) {
        self.phase = .gone
        self.account.closed()
        self.ticker.cancel(self)
        self.endSession(context)
    }
}
