import NIOCore

/// One uploading connection, which has so many uploads on their way at most.
final class UploadSession: MessageReceiver {
    struct Plan: Sendable {
        var table: String
        var userID: String?
        var batch: Int
        var single: Bool
        /// Uploads on their way at most.
        var inFlight: Int
        /// Connections of the same user, this one included: how many echoes a record is due.
        var listeners: Int
    }

    private struct Sent {
        /// When it was meant to be sent.
        var intended: NIODeadline
        var items: Int
        var firstID: [UInt8]
    }

    private let plan: Plan
    private let tally: UploadTally
    private var writer: RecordWriter
    private var link: Link?
    private var onTheirWay = CircularBuffer<Sent>()
    private var pacing = Pacing.closed(until: .distantPast)
    private var recordsLeft = 0
    /// Wakes us for what is due next.
    private var alarm: Scheduled<Void>?

    init(plan: Plan, tally: UploadTally) {
        self.plan = plan
        self.tally = tally
        writer = RecordWriter(table: plan.table, userID: plan.userID)
    }

    func opened(_ link: Link) {
        self.link = link
    }

    /// Begins to upload, as `pacing` says, or until so many records were sent.
    func start(_ pacing: Pacing = .closed(), records: Int = .max) {
        self.pacing = pacing
        recordsLeft = records
        pump()
    }

    /// Sends nothing more. What was due before `end` and could not be sent stays due.
    func stop(at end: NIODeadline) {
        pacing.stop(at: end)
        recordsLeft = 0
    }

    /// Gives up what has no answer, and what was due and could not be sent: it has waited until `now`, for nothing.
    func giveUp(at now: NIODeadline) {
        alarm?.cancel()
        while let sent = onTheirWay.popFirst() { tally.gaveUp(intended: sent.intended, at: now, wasSent: true) }
        while pacing.nextDue != nil, let intended = pacing.next(at: now) {
            tally.gaveUp(intended: intended, at: now, wasSent: false)
        }
    }

    /// Sends what may be sent now.
    private func pump() {
        guard let link else { return }
        let before = onTheirWay.count
        while onTheirWay.count < plan.inFlight, recordsLeft > 0, let intended = pacing.next(at: .now()) {
            send(intended, link)
        }
        if onTheirWay.count > before { link.flush() }
        guard alarm == nil, onTheirWay.count < plan.inFlight, recordsLeft > 0, let due = pacing.nextDue else { return }
        alarm = link.loop.assumeIsolated().scheduleTask(deadline: due) {
            self.alarm = nil
            self.pump()
        }
    }

    private func send(_ intended: NIODeadline, _ link: Link) {
        let items = min(plan.batch, recordsLeft)
        recordsLeft -= items
        var firstID: [UInt8] = []
        link.write(expectedBytes: 64 + items * RecordWriter.expectedRecordBytes) { buffer in
            firstID =
                plan.single ? writer.writeSingle(into: &buffer) : writer.writeBatch(of: items, into: &buffer)
        }
        onTheirWay.append(Sent(intended: intended, items: items, firstID: firstID))
        tally.sent()
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        switch MessageKind(of: text) {
        case .update:
            tally.echo(bytes: text.count, at: now)
        case .batchAck:
            answered(Ack(batch: text), text, now)
        case .singleAck:
            answered(Ack(single: text), text, now)
        case .error:
            tally.errorFrame()
            var ack = Ack.none
            ack.errors = onTheirWay.first?.items ?? 0
            answered(ack, text, now)
        case .other:
            tally.otherFrame()
        }
    }

    /// An answer stands for the oldest upload on its way.
    private func answered(_ ack: Ack?, _ text: UnsafeRawBufferPointer, _ now: NIODeadline) {
        guard let ack, let sent = onTheirWay.popFirst() else {
            tally.strayAck()
            tally.complaint(text)
            return
        }
        if ack.items != sent.items || (ack.synced == sent.items && ack.firstSynced != sent.firstID) { tally.strayAck() }
        if ack.synced != sent.items { tally.complaint(text) }
        tally.answered(ack, intended: sent.intended, at: now, listeners: plan.listeners)
        pump()
    }

    func lost(_ error: BenchError) {
        link = nil
        tally.lost(error)
        let now = NIODeadline.now()
        while let sent = onTheirWay.popFirst() { tally.gaveUp(intended: sent.intended, at: now, wasSent: true) }
    }
}
