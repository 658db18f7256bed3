import NIOCore

/// One connection that uploads messages of records.
final class UploadSession: MessageReceiver, UploadingConnection {
    private let isSingle: Bool
    private var writer: RecordWriter
    private var link: Link?
    var uploads: Uploads

    /// - Parameter isSingle: whether an upload is a SYNC_UPLOAD, of one record.
    init(table: String, userID: String?, isSingle: Bool = false, _ uploads: Uploads) {
        self.isSingle = isSingle
        self.uploads = uploads
        writer = RecordWriter(table: table, userID: userID)
    }

    var loop: (any EventLoop)? { link?.loop }

    func opened(_ link: Link) {
        self.link = link
    }

    func write(records: Int) -> [UInt8] {
        var firstID: [UInt8] = []
        link?.write(expectedBytes: 64 + records * RecordWriter.expectedRecordBytes) { buffer in
            firstID = isSingle ? writer.writeSingle(into: &buffer) : writer.writeBatch(of: records, into: &buffer)
        }
        return firstID
    }

    func flush() {
        link?.flush()
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        switch MessageKind(of: text) {
        case .update: uploads.tally.echo(bytes: text.count, at: now)
        case .batchAck: answered(Ack(batch: text), text, at: now)
        case .singleAck: answered(Ack(single: text), text, at: now)
        case .error: refused(text, at: now)
        case .other: uploads.tally.otherFrame()
        }
    }

    func lost(_ error: BenchError) {
        link = nil
        uploads.tally.lost(error)
        uploads.giveUp(at: .now())
    }
}
