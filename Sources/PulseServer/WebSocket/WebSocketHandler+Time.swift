import NIOCore

/// What becomes due while nothing comes.
extension WebSocketHandler {
    func tick(now: NIODeadline) -> NIODeadline? {
        switch self.phase {
        case .open:
            return self.tickOpen(now: now)
        case .closing(let deadline), .ended(let deadline):
            guard now >= deadline else { return deadline }
            self.dropSocket()
            return nil
        case .gone:
            return nil
        }
    }

    private func tickOpen(now: NIODeadline) -> NIODeadline? {
        guard let context = self.context else { return nil }
        if let deadline = self.messageDeadline, now >= deadline {
            self.end(sending: .policyViolation, reason: "message was not completed in time")
            return nil
        }
        let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let waiting = buffered + context.pipeline.syncOperations.unacknowledgedBytes
        // Nobody listens to it, so it cannot be heard; but it can still take what waits for it.
        if self.isPaused, waiting == 0 { self.keepalive.heard(at: now) }
        let verdict = self.keepalive.judge(
            now: now, written: self.writtenBytes, waiting: waiting, isWritable: context.channel.isWritable)
        switch verdict {
        case .wait:
            break
        case .ping:
            self.put(WebSocketFrames.ping)
            self.flush()
        case .giveUp:
            self.dropSocket()
            return nil
        }
        self.answerOwedPong()
        return self.nextCheck(after: now)
    }

    /// When the message that is being received must be complete: what comes in steadily may take longer.
    private var messageDeadline: NIODeadline? {
        guard let since = self.unfinishedSince else { return nil }
        let earned = Duration.seconds(
            Double(self.decoder.unfinishedBytes) / Double(max(1, self.front.limits.slowestUpload)))
        return since + TimeAmount(self.front.limits.messageTimeout + earned)
    }

    /// No deadline that begins after a check can be missed, because checks are never further apart than it is long.
    func nextCheck(after now: NIODeadline) -> NIODeadline {
        var next = min(self.keepalive.nextDeadline, now + TimeAmount(self.front.limits.pingInterval))
        next = min(next, now + TimeAmount(self.front.limits.messageTimeout))
        if let deadline = self.messageDeadline { next = min(next, deadline) }
        if self.pongs.isOwing { next = min(next, now + .seconds(1)) }
        return next
    }

    func answerOwedPong() {
        guard case .open = self.phase, let payload = self.pongs.collect(now: .now(), isWritable: self.isWritable)
        else { return }
        self.put(WebSocketFrames.pong(payload))
        self.flush()
    }
}
