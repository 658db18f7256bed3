import NIOCore
import PulseWire

/// What a client that is too fast, or too slow, is made to wait for.
extension PulseSession {
    /// Refuses a message that came too fast, and reads no more for a while.
    func slowDown(for wait: TimeAmount) {
        slowdown = connection?.eventLoop.scheduleTask(in: wait) {
            self.slowdown = nil
            self.adjustReading()
        }
        answer(.failure(WireError(.rateLimited, "Too fast. Send it again in \(wait.nanoseconds / 1_000_000) ms.")))
    }

    /// Keeps an upload while too much waits to be written.
    ///
    /// - Returns: whether it has to wait.
    func waitForRoom(for text: ByteBuffer) -> Bool {
        guard let shard else { return false }
        leaveQueue = engine.waitForRoom(for: text.readableBytes) {
            shard.perform {
                guard let leave = self.leaveQueue else { return }
                self.leaveQueue = nil
                self.take(text, mayWait: false)
                leave()
                self.adjustReading()
            }
        }
        // A first request may stand behind it.
        if leaveQueue != nil { subscriber?.expectRequest() }
        return leaveQueue != nil
    }

    /// A client that is not read by, or that has enough on its way, is not listened to.
    func adjustReading() {
        guard let connection else { return }
        if isLeaving, uploadsInFlight == 0, !isInHook {
            connection.close(code: .serviceRestart, reason: "The server restarts.")
        }
        let mustPause =
            uploadsInFlight >= sessionLimits.uploadsInFlight || !waiting.isEmpty || isLookingUp || isInHook
            || isLeaving || slowdown != nil || leaveQueue != nil || !connection.isWritable
        guard mustPause != isPaused else { return }
        isPaused = mustPause
        if mustPause { connection.pauseReading() } else { connection.resumeReading() }
    }
}
