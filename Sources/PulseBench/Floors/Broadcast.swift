import NIOCore

/// All connections of the broadcaster. Lives on its event loop.
final class Broadcast {
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private var version: Int64 = 0

    func join(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = channel
    }

    func leave(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = nil
    }

    /// Acks a SYNC_UPLOAD to its sender, and sends one prepared push to everybody.
    ///
    /// - Returns: false when the text is no SYNC_UPLOAD of this load driver's.
    func upload(_ text: UnsafeRawBufferPointer, from sender: any Channel) -> Bool {
        var payloads = Finder(#""payload":"#)
        var ids = Finder(#""sync_id":""#)
        guard let payload = payloads.find(in: text), let id = ids.find(in: text), text.count > payload,
            text.count - id >= RecordID.textLength
        else { return false }
        version += 1
        let syncID = String(decoding: text[id..<id + RecordID.textLength], as: UTF8.self)
        let ack = #"{"type":"SYNC_ACK_INDIVIDUAL","sync_id":"\#(syncID)","status":"SUCCESS","version":\#(version)}"#
        sender.writeAndFlush(Self.frame(ack.utf8), promise: nil)
        let push =
            Array(RecordWriter.updateOpening(version: version).utf8) + text[payload..<text.count - 1] + Array("}}".utf8)
        let frame = Self.frame(push)
        for channel in channels.values { channel.writeAndFlush(frame, promise: nil) }
        return true
    }

    private static func frame(_ text: some Collection<UInt8>) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(0x80 | FrameHeader.Opcode.text.rawValue)
        if text.count < 126 {
            frame.writeInteger(UInt8(text.count))
        } else {
            frame.writeInteger(UInt8(126))
            frame.writeInteger(UInt16(text.count))
        }
        frame.writeBytes(text)
        return frame
    }
}
