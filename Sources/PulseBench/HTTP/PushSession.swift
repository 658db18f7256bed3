import NIOCore

/// One connection that pushes new documents, a batch at a time.
final class PushSession: AnswerReceiver {
    struct Plan: Sendable {
        var collection: String
        var user: String
        var batch: Int
    }

    private let plan: Plan
    private let tally: UploadTally
    private let link: HTTPLink
    private var writer: RecordWriter
    private var pacing = Pacing.closed(until: .distantPast)
    private var changesLeft = 0
    /// The push that has no answer: when it was meant to be sent, and its changes.
    private var onItsWay: (intended: NIODeadline, changes: Int)?
    private var alarm: Scheduled<Void>?
    private var isLost = false

    init(plan: Plan, tally: UploadTally, link: HTTPLink) {
        self.plan = plan
        self.tally = tally
        self.link = link
        writer = RecordWriter(table: plan.collection, userID: nil)
    }

    /// Begins to push, as `pacing` says, or until so many changes were sent.
    func start(_ pacing: Pacing = .closed(), changes: Int = .max) {
        self.pacing = pacing
        changesLeft = changes
        pump()
    }

    /// Sends nothing more. What was due before `end` and could not be sent stays due.
    func stop(at end: NIODeadline) {
        pacing.stop(at: end)
        changesLeft = 0
    }

    /// Gives up what has no answer, and what was due and could not be sent: it has waited until `now`, for nothing.
    func giveUp(at now: NIODeadline) {
        alarm?.cancel()
        if let onItsWay { tally.gaveUp(intended: onItsWay.intended, at: now, wasSent: true) }
        onItsWay = nil
        while pacing.nextDue != nil, let intended = pacing.next(at: now) {
            tally.gaveUp(intended: intended, at: now, wasSent: false)
        }
    }

    private func pump() {
        guard onItsWay == nil, changesLeft > 0, !isLost else { return }
        if let intended = pacing.next(at: .now()) {
            let changes = min(plan.batch, changesLeft)
            changesLeft -= changes
            var body = link.channel.allocator.buffer(capacity: 64 + changes * 2 * RecordWriter.expectedRecordBytes)
            writer.writePush(of: changes, client: plan.user, into: &body)
            onItsWay = (intended, changes)
            tally.sent()
            link.post("/push", body)
        } else if alarm == nil, let due = pacing.nextDue {
            alarm = link.channel.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
                self.alarm = nil
                self.pump()
            }
        }
    }

    func answered(_ answer: HTTPAnswer, at now: NIODeadline) {
        guard let sent = onItsWay else { return tally.strayAck() }
        onItsWay = nil
        var ack = Ack.none
        answer.body.withUnsafeReadableBytes { text in
            if answer.status == 200 {
                ack = Ack(pushed: text)
            } else {
                tally.errorFrame()
                ack.errors = sent.changes
            }
            if ack.items != sent.changes { tally.strayAck() }
            if ack.synced != sent.changes { tally.complaint(text) }
        }
        tally.answered(ack, intended: sent.intended, at: now, listeners: 0)
        pump()
    }

    func lost(_ error: BenchError) {
        isLost = true
        tally.lost(error)
        if let onItsWay { tally.gaveUp(intended: onItsWay.intended, at: .now(), wasSent: true) }
        onItsWay = nil
    }
}

extension Ack {
    /// The answer to a push: what its results' `status` says. A conflict that was resolved is stored, too.
    package init(pushed text: UnsafeRawBufferPointer) {
        self = .none
        var finder = Finder(#""status""#)
        var offset = 0
        while let after = finder.find(in: text, from: offset), let value = JSONScan.value(in: text, after: after) {
            let status = UnsafeRawBufferPointer(rebasing: text[value...])
            if status.starts(with: #""accepted""#.utf8) || status.starts(with: #""conflict_resolved""#.utf8) {
                synced += 1
            } else {
                errors += 1
            }
            offset = after
        }
    }
}
