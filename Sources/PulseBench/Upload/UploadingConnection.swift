import NIOCore

/// A connection that uploads new records, and has so many uploads on their way at most. Lives on its event loop.
protocol UploadingConnection: AnyObject, SendableMetatype {
    /// nil where there is no open connection.
    var loop: (any EventLoop)? { get }
    var uploads: Uploads { get set }

    /// Writes one upload of so many new records, without flushing it.
    ///
    /// - Returns: the first one's id; nothing where no ack tells it.
    func write(records: Int) -> [UInt8]
    func flush()
}

/// The uploads of one connection.
struct Uploads: Sendable {
    struct Sent: Sendable {
        /// When it was meant to be sent.
        var intended: NIODeadline
        var records: Int
        var firstID: [UInt8]
    }

    var tally: UploadTally
    /// Records in one upload.
    var batch: Int
    /// Uploads on their way at most.
    var inFlight: Int
    /// Connections of the same user, this one included: how many echoes a record is due.
    var listeners = 1
    var pacing = Pacing.closed(until: .distantPast)
    var recordsLeft = 0
    var onTheirWay = CircularBuffer<Sent>()
    /// Wakes the connection for what is due next.
    var alarm: Scheduled<Void>?

    var hasRoom: Bool { onTheirWay.count < inFlight && recordsLeft > 0 }

    /// Gives up what has no answer.
    mutating func giveUp(at now: NIODeadline) {
        while let sent = onTheirWay.popFirst() { tally.gaveUp(intended: sent.intended, at: now, wasSent: true) }
    }
}

extension UploadingConnection {
    /// Begins to upload, as `pacing` says, or until so many records were sent.
    func start(_ pacing: Pacing = .closed(), records: Int = .max) {
        uploads.pacing = pacing
        uploads.recordsLeft = records
        pump()
    }

    /// Sends nothing more. What was due before `end` and could not be sent stays due.
    func stop(at end: NIODeadline) {
        uploads.pacing.stop(at: end)
        uploads.recordsLeft = 0
    }

    /// Gives up what has no answer, and what was due and could not be sent: it has waited until `now`, for nothing.
    func giveUp(at now: NIODeadline) {
        uploads.alarm?.cancel()
        uploads.giveUp(at: now)
        while uploads.pacing.nextDue != nil, let intended = uploads.pacing.next(at: now) {
            uploads.tally.gaveUp(intended: intended, at: now, wasSent: false)
        }
    }

    /// Sends what may be sent now.
    private func pump() {
        guard let loop else { return }
        let before = uploads.onTheirWay.count
        while uploads.hasRoom, let intended = uploads.pacing.next(at: .now()) {
            let records = min(uploads.batch, uploads.recordsLeft)
            uploads.recordsLeft -= records
            let firstID = write(records: records)
            uploads.onTheirWay.append(Uploads.Sent(intended: intended, records: records, firstID: firstID))
            uploads.tally.sent()
        }
        if uploads.onTheirWay.count > before { flush() }
        guard uploads.alarm == nil, uploads.hasRoom, let due = uploads.pacing.nextDue else { return }
        uploads.alarm = loop.assumeIsolated().scheduleTask(deadline: due) {
            self.uploads.alarm = nil
            self.pump()
        }
    }

    /// An answer, which stands for the oldest upload on its way; a nil `ack` is one that is not understood.
    func answered(_ ack: Ack?, _ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        let tally = uploads.tally
        guard let ack, let sent = uploads.onTheirWay.popFirst() else {
            tally.strayAck()
            tally.complaint(text)
            return
        }
        let isWhole = ack.synced == sent.records
        if ack.items != sent.records || isWhole && ack.firstSynced != sent.firstID { tally.strayAck() }
        if !isWhole { tally.complaint(text) }
        tally.answered(ack, intended: sent.intended, at: now, listeners: uploads.listeners)
        pump()
    }

    /// An error, which refuses the oldest upload as a whole.
    func refused(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        uploads.tally.errorFrame()
        var ack = Ack.none
        ack.errors = uploads.onTheirWay.first?.records ?? 0
        answered(ack, text, at: now)
    }
}
