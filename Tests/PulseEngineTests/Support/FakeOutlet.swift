import NIOCore
import PulseEngine
import PulseModel

/// A client's end of a connection, as the engine sees it: keeps what is written, and is writable as it is told.
final class FakeOutlet: Outlet {
    var isWritable = true
    /// Called within every flush, as a socket's writability is.
    var onFlush: () -> Void = {}
    /// Frames that were written and wait for a flush.
    private(set) var unflushed = ByteBuffer()
    /// Frames that have left.
    private(set) var sent = ByteBuffer()

    func write(frames: ByteBuffer) {
        unflushed.writeImmutableBuffer(frames)
    }

    func flush() {
        sent.writeBuffer(&unflushed)
        unflushed.clear()
        onFlush()
    }

    /// Takes the frames that have left, at most so many bytes, and leaves what is no whole frame yet.
    func take(upTo byteCount: Int = .max) -> [Frame] {
        var frames: [Frame] = []
        while let length = Frame.length(in: sent), length <= byteCount, let frame = sent.readSlice(length: length) {
            frames.append(Frame(frame))
        }
        sent.discardReadBytes()
        return frames
    }

    /// Takes the first frame that has left, as its bytes.
    func takeFrame(of length: Int) -> [UInt8]? { sent.readBytes(length: length) }

    /// Takes all frames that have left, each in a few words: `push task 1@3`, `delta Task 1@3`, `erase task 1`.
    func texts() -> [String] { take().map(\.text) }
}

/// One frame to a client, taken apart.
struct Frame {
    enum Content {
        case update(table: String, syncID: SyncID, version: Version, isDelta: Bool, data: JSONObject)
        case erase(table: String, syncID: SyncID)
        case other(JSONObject)
    }

    let content: Content

    /// How many bytes the first frame has; nil while it is not there as a whole.
    static func length(in buffer: ByteBuffer) -> Int? {
        guard let short = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt8.self) else { return nil }
        let length: Int
        switch short {
        case 126:
            guard let long = buffer.getInteger(at: buffer.readerIndex + 2, as: UInt16.self) else { return nil }
            length = 4 + Int(long)
        case 127:
            guard let long = buffer.getInteger(at: buffer.readerIndex + 2, as: UInt64.self) else { return nil }
            length = 10 + Int(long)
        default: length = 2 + Int(short)
        }
        return length <= buffer.readableBytes ? length : nil
    }

    init(_ frame: ByteBuffer) {
        let short = frame.getInteger(at: frame.readerIndex + 1, as: UInt8.self)!
        let header = short < 126 ? 2 : short == 126 ? 4 : 10
        let value = try! JSONValue.parse(Array(frame.readableBytesView.dropFirst(header)))
        guard case .object(let message) = value else { preconditionFailure("A message is an object.") }
        guard case .object(let data)? = message["data"] else {
            content = .other(message)
            return
        }
        let table = data["model"]!.text!
        let syncID = SyncID(data["sync_id"]!.text!)!
        if case .object(let fields)? = data["data"], case .int(let version)? = data["version"] {
            content = .update(
                table: table, syncID: syncID, version: Version(version), isDelta: fields["sync_id"] != nil,
                data: fields)
        } else {
            content = .erase(table: table, syncID: syncID)
        }
    }

    var text: String {
        switch content {
        case .update(let table, let syncID, let version, let isDelta, _):
            "\(isDelta ? "delta" : "push") \(table) \(syncID.low & 0xffff)@\(version)"
        case .erase(let table, let syncID): "erase \(table) \(syncID.low & 0xffff)"
        case .other(let message): message["status"]?.text ?? message["type"]?.text ?? "?"
        }
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
}
