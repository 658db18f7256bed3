import NIOCore

/// One connection that pushes new documents, a batch at a time.
final class PushSession: AnswerReceiver, UploadingConnection {
    private let user: String
    private var writer: RecordWriter
    private var link: HTTPLink?
    var uploads: Uploads

    init(_ link: HTTPLink, collection: String, user: String, batch: Int, _ tally: UploadTally) {
        self.link = link
        self.user = user
        writer = RecordWriter(table: collection, userID: nil)
        uploads = Uploads(tally: tally, batch: batch, inFlight: 1, listeners: 0)
    }

    var loop: (any EventLoop)? { link?.channel.eventLoop }

    func write(records: Int) -> [UInt8] {
        guard let link else { return [] }
        var body = link.channel.allocator.buffer(capacity: 64 + records * 2 * RecordWriter.expectedRecordBytes)
        writer.writePush(of: records, client: user, into: &body)
        link.post("/push", body)
        return []
    }

    func flush() {
        link?.flush()
    }

    func answered(_ answer: HTTPAnswer, at now: NIODeadline) {
        answer.body.withUnsafeReadableBytes { text in
            if answer.status == 200 { answered(Ack(pushed: text), text, at: now) } else { refused(text, at: now) }
        }
    }

    func lost(_ error: BenchError) {
        link = nil
        uploads.tally.lost(error)
        uploads.giveUp(at: .now())
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
