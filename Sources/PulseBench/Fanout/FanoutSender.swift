import NIOCore

/// The connection that uploads at a fixed rate, whether or not the server keeps up.
///
/// Upload k is due at `start + k × interval` by the clock alone, and carries that time, so that a server, or a
/// client, that stalls is charged with the wait of everything that should have been sent meanwhile.
final class FanoutSender: MessageReceiver {
    struct Plan: Sendable {
        var table: String
        var userID: String?
        var marker: FanoutMarker
        var batch: Int
        /// Time between two uploads.
        var intervalNanoseconds: Double
        /// Uploads that may wait for their ack; beyond that, due ones are skipped and counted.
        var maximumUnanswered: Int
    }

    struct Counts: Sendable {
        /// Records acked of those that were due in the measured window.
        var acked = 0
        var ackedInAll = 0
        var unanswered = 0
        /// Records that were not sent because too many waited for their ack.
        var skipped = 0
        var refused = 0
        var ackLatency = Histogram()
        /// How late after its intended time an upload left this client.
        var lateness = Histogram()
        var lost = false
        var firstComplaint: String?
    }

    private let plan: Plan
    private var writer: RecordWriter
    private var link: Link?
    private var onTheirWay = CircularBuffer<Int64>()
    private var next = 0
    private var startAt: Int64 = 0
    private var window: (from: Int64, to: Int64) = (0, 0)
    private(set) var counts = Counts()

    init(plan: Plan) {
        self.plan = plan
        writer = RecordWriter(table: plan.table, userID: plan.userID)
    }

    func opened(_ link: Link) {
        self.link = link
    }

    /// Sends from `start` on; what is due from `from` to `to` is measured, and with `to` it ends.
    func start(at start: NIODeadline, measuring from: NIODeadline, to: NIODeadline) {
        startAt = Int64(start.uptimeNanoseconds)
        window = (Int64(from.uptimeNanoseconds), Int64(to.uptimeNanoseconds))
        schedule()
    }

    private var nextDue: Int64 { startAt + Int64(Double(next) * plan.intervalNanoseconds) }

    private func schedule() {
        guard let link, nextDue < window.to else { return }
        let due = NIODeadline.uptimeNanoseconds(UInt64(nextDue))
        link.loop.assumeIsolated().scheduleTask(deadline: due) { self.sendDue() }
    }

    private func sendDue() {
        guard let link else { return }
        let now = Int64(NIODeadline.now().uptimeNanoseconds)
        while nextDue <= now, nextDue < window.to {
            send(intended: nextDue, now, link)
            next += 1
        }
        link.flush()
        schedule()
    }

    private func send(intended: Int64, _ now: Int64, _ link: Link) {
        guard onTheirWay.count < plan.maximumUnanswered else {
            counts.skipped += plan.batch
            return
        }
        let title = plan.marker.title(intended: intended)
        link.write(expectedBytes: 64 + plan.batch * RecordWriter.expectedRecordBytes) { buffer in
            if plan.batch == 1 {
                _ = writer.writeSingle(into: &buffer, title: title)
            } else {
                _ = writer.writeBatch(of: plan.batch, into: &buffer, title: title)
            }
        }
        if intended >= window.from { counts.lateness.record(nanoseconds: now - intended) }
        onTheirWay.append(intended)
        counts.unanswered += 1
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        switch MessageKind(of: text) {
        case .batchAck: answered(Ack(batch: text), text, now)
        case .singleAck: answered(Ack(single: text), text, now)
        case .error: answered(nil, text, now)
        case .update, .other: break
        }
    }

    private func answered(_ ack: Ack?, _ text: UnsafeRawBufferPointer, _ now: NIODeadline) {
        guard let intended = onTheirWay.popFirst() else { return }
        counts.unanswered -= 1
        let synced = ack?.synced ?? 0
        counts.ackedInAll += synced
        counts.refused += plan.batch - synced
        if synced < plan.batch, counts.firstComplaint == nil {
            counts.firstComplaint = String(decoding: text.prefix(300), as: UTF8.self)
        }
        guard intended >= window.from else { return }
        counts.acked += synced
        counts.ackLatency.record(nanoseconds: Int64(now.uptimeNanoseconds) - intended)
    }

    func lost(_ error: BenchError) {
        link = nil
        counts.lost = true
        counts.firstComplaint = counts.firstComplaint ?? error.description
    }
}
