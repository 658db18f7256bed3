import NIOCore

/// Publishes by HTTP POST to a server that passes on what it is sent.
///
/// What it posts is as long as what a pulse server makes of an upload.
final class FanoutPost: AnswerReceiver, PacedConnection {
    private let marker: FanoutMarker?
    private var link: HTTPLink?
    private var writer: RecordWriter
    private var version: Int64 = 0
    var pacing = Pacing.closed(until: .distantPast)
    var tally: PacedTally

    init(_ link: HTTPLink, plan: PacedUpload.Plan) {
        self.link = link
        marker = plan.marker
        writer = RecordWriter(table: plan.table, userID: plan.userID)
        tally = PacedTally(batch: 1, maximumUnanswered: plan.maximumUnanswered)
    }

    var loop: (any EventLoop)? { link?.channel.eventLoop }

    func write(intended: NIODeadline) {
        version += 1
        var body = ByteBuffer()
        writer.writeUpdate(
            version: version, into: &body, title: marker?.title(intended: Int64(intended.uptimeNanoseconds)))
        link?.post("", body)
    }

    func flush() {
        link?.flush()
    }

    func answered(_ answer: HTTPAnswer, at now: NIODeadline) {
        let isTaken = (200..<300).contains(answer.status)
        tally.answered(synced: isTaken ? 1 : 0, at: now, "\(answer.status) \(String(buffer: answer.body).prefix(300))")
    }

    func lost(_ error: BenchError) {
        link = nil
        tally.lost(error)
    }
}
