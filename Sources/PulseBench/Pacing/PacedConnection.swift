import NIOCore

/// A connection that sends by the clock alone. Lives on its event loop.
protocol PacedConnection: AnyObject {
    /// nil where there is no open connection.
    var loop: (any EventLoop)? { get }
    var pacing: Pacing { get set }
    var tally: PacedTally { get set }

    /// Writes the upload that is due at `intended`, without flushing it.
    func write(intended: NIODeadline)
    func flush()
}

extension PacedConnection {
    func start(_ pacing: Pacing) {
        self.pacing = pacing
        schedule()
    }

    private func schedule() {
        guard let loop, let due = pacing.nextDue else { return }
        loop.assumeIsolated().scheduleTask(deadline: due) { self.sendDue() }
    }

    private func sendDue() {
        guard loop != nil else { return }
        let now = NIODeadline.now()
        while let intended = pacing.next(at: now) {
            if tally.sends(due: intended, at: now) { write(intended: intended) }
        }
        flush()
        schedule()
    }
}
