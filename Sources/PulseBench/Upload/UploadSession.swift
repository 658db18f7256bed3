import NIOCore

/// One uploading connection: a closed loop that keeps a fixed number of uploads on their way.
final class UploadSession: MessageReceiver {
    struct Plan: Sendable {
        var table: String
        var userID: String?
        var batch: Int
        var single: Bool
        var inFlight: Int
        /// Connections of the same user, this one included: how many echoes a record is due.
        var listeners: Int
    }

    private struct Sent {
        var at: NIODeadline
        var items: Int
        var firstID: [UInt8]
    }

    private let plan: Plan
    private let tally: UploadTally
    private var writer: RecordWriter
    private var link: Link?
    private var onTheirWay = CircularBuffer<Sent>()
    private var stopAt = NIODeadline.distantPast
    private var recordsLeft = 0

    init(plan: Plan, tally: UploadTally) {
        self.plan = plan
        self.tally = tally
        writer = RecordWriter(table: plan.table, userID: plan.userID)
    }

    func opened(_ link: Link) {
        self.link = link
    }

    /// Begins to upload, until the clock says `stopAt` or so many records were sent.
    func start(until stopAt: NIODeadline = .distantFuture, records: Int = .max) {
        self.stopAt = stopAt
        recordsLeft = records
        for _ in 0..<plan.inFlight { send() }
    }

    private func send() {
        guard let link, recordsLeft > 0 else { return }
        let now = NIODeadline.now()
        guard now < stopAt else { return }
        let items = min(plan.batch, recordsLeft)
        recordsLeft -= items
        var firstID: [UInt8] = []
        link.write(expectedBytes: 64 + items * RecordWriter.expectedRecordBytes) { buffer in
            firstID =
                plan.single ? writer.writeSingle(into: &buffer) : writer.writeBatch(of: items, into: &buffer)
        }
        onTheirWay.append(Sent(at: now, items: items, firstID: firstID))
        tally.sent()
        link.flush()
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
        tally.answered(ack, sentAt: sent.at, at: now, listeners: plan.listeners)
        send()
    }

    func lost(_ error: BenchError) {
        link = nil
        tally.lost(error, unanswered: onTheirWay.count)
        onTheirWay.removeAll()
    }
}
