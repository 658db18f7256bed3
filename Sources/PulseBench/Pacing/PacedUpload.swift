import NIOCore

/// A client that uploads new records at a fixed rate.
final class PacedUpload: MessageReceiver, PacedConnection {
    struct Plan: Sendable {
        var table: String
        var userID: String?
        /// What the records' titles are to be; nil for any.
        var marker: FanoutMarker?
        /// Records in one upload; one is a SYNC_UPLOAD.
        var batch: Int
        /// Uploads that may wait for their ack.
        var maximumUnanswered: Int
    }

    private let plan: Plan
    private var writer: RecordWriter
    private var link: Link?
    var pacing = Pacing.closed(until: .distantPast)
    var tally: PacedTally

    init(plan: Plan) {
        self.plan = plan
        writer = RecordWriter(table: plan.table, userID: plan.userID)
        tally = PacedTally(batch: plan.batch, maximumUnanswered: plan.maximumUnanswered)
    }

    var loop: (any EventLoop)? { link?.loop }

    func opened(_ link: Link) {
        self.link = link
    }

    func write(intended: NIODeadline) {
        let title = plan.marker?.title(intended: Int64(intended.uptimeNanoseconds))
        link?.write(expectedBytes: 64 + plan.batch * RecordWriter.expectedRecordBytes) { buffer in
            if plan.batch == 1 {
                _ = writer.writeSingle(into: &buffer, title: title)
            } else {
                _ = writer.writeBatch(of: plan.batch, into: &buffer, title: title)
            }
        }
    }

    func flush() {
        link?.flush()
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        let synced: Int
        switch MessageKind(of: text) {
        case .batchAck: synced = Ack(batch: text)?.synced ?? 0
        case .singleAck: synced = Ack(single: text)?.synced ?? 0
        case .error: synced = 0
        case .update, .other: return
        }
        tally.answered(synced: synced, at: now, String(decoding: text.prefix(300), as: UTF8.self))
    }

    func lost(_ error: BenchError) {
        link = nil
        tally.lost(error)
    }
}
