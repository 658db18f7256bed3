import NIOCore
import PulseModel

extension BusMessage {
    /// Versions that one commit may have: more than any has.
    fileprivate static let maximumVersions: Int64 = 1 << 24
    /// The greatest version or time. Nothing that is added to one, or taken from it, overflows.
    fileprivate static let maximumNumber: Int64 = 1 << 62

    /// Reads a message of a space. Whoever wrote it, nothing is read behind its end.
    package init(_ message: ByteBuffer, space: String) throws(BusMessageError) {
        var reader = Reader(message)
        guard try reader.bytes(4, "the magic number").elementsEqual(Self.magic) else {
            throw reader.error("this is no message of a worker")
        }
        let format = try reader.integer("the format", UInt8.self)
        guard format == Self.formatVersion else { throw .unknownFormat(format) }
        let spaceCount = Int(try reader.integer("the length of the space", UInt8.self))
        guard try reader.bytes(spaceCount, "the space").elementsEqual(space.utf8) else {
            throw reader.error("this is another space")
        }
        let kind = try reader.integer("the kind", UInt8.self)
        header = try Header(from: &reader)
        switch kind {
        case Self.contentKind: body = .content(try Self.runs(from: &reader, of: header))
        case Self.commitKind: body = .commit(try Self.scopes(from: &reader))
        default: throw reader.error("\(kind) is no kind of message")
        }
    }

    private static func runs(from reader: inout Reader, of header: Header) throws(BusMessageError) -> [Run] {
        var runs: [Run] = []
        repeat {
            let nameCount = Int(try reader.integer("the length of a model's name", UInt8.self))
            let name = try reader.bytes(nameCount, "a model's name")
            guard let model = ModelName(String(decoding: name, as: UTF8.self)) else {
                throw reader.error("this is no name of a model")
            }
            let offset = Int64(try reader.integer("the version of a run", UInt32.self))
            let first = header.versions.lowerBound.number + offset
            guard first <= header.versions.upperBound.number, runs.last.map({ $0.first.number < first }) ?? true else {
                throw reader.error("version \(first) is none of this commit's, or not in order")
            }
            let count = Int(try reader.integer("the length of a run", UInt32.self))
            let frames = try reader.slice(count, "a run")
            guard frames.isTextFrames else { throw reader.error("a run is not made of whole text frames") }
            runs.append(Run(model: model, first: Version(first), frames: frames))
        } while !reader.isAtEnd
        return runs
    }

    private static func scopes(from reader: inout Reader) throws(BusMessageError) -> Set<Scope> {
        let count = try reader.integer("the number of scopes", UInt32.self)
        var scopes: Set<Scope> = []
        for _ in 0..<count {
            let length = Int(try reader.integer("the length of a scope", UInt16.self))
            let key = try reader.bytes(length, "a scope")
            guard let text = String(validating: key, as: UTF8.self), let scope = Scope(key: text) else {
                throw reader.error("this is no scope")
            }
            scopes.insert(scope)
        }
        guard reader.isAtEnd else { throw reader.error("there is something behind the last scope") }
        return scopes
    }

    /// Reads one thing after the other and knows where it is.
    fileprivate struct Reader {
        private var rest: ByteBuffer
        /// Where the thing begins that was read last.
        private var offset = 0

        init(_ message: ByteBuffer) {
            rest = message.slice()
        }

        var isAtEnd: Bool { rest.readableBytes == 0 }

        func error(_ what: String) -> BusMessageError { .malformed(what, at: offset) }

        mutating func slice(_ count: Int, _ name: String) throws(BusMessageError) -> ByteBuffer {
            offset = rest.readerIndex
            guard let slice = rest.readSlice(length: count) else {
                throw error("\(name) has \(count) bytes, and \(rest.readableBytes) are left")
            }
            return slice
        }

        mutating func bytes(_ count: Int, _ name: String) throws(BusMessageError) -> ByteBufferView {
            try slice(count, name).readableBytesView
        }

        mutating func integer<Value: FixedWidthInteger>(
            _ name: String, _: Value.Type
        ) throws(BusMessageError) -> Value {
            var slice = try slice(MemoryLayout<Value>.size, name)
            return slice.readInteger()!
        }
    }
}

extension BusMessage.Header {
    fileprivate init(from reader: inout BusMessage.Reader) throws(BusMessageError) {
        epoch = Epoch(
            high: try reader.integer("the epoch", UInt64.self), low: try reader.integer("the epoch", UInt64.self))
        sender = try reader.integer("the sender", UInt64.self)
        let first = try reader.integer("the first version", Int64.self)
        let last = try reader.integer("the last version", Int64.self)
        guard (1...BusMessage.maximumNumber).contains(first), last >= first,
            last - first < BusMessage.maximumVersions
        else {
            throw reader.error("there is no commit of the versions \(first) to \(last)")
        }
        versions = Version(first)...Version(last)
        let time = try reader.integer("the time", Int64.self)
        guard (0...BusMessage.maximumNumber).contains(time) else { throw reader.error("\(time) is no time") }
        self.time = Timestamp(microseconds: time)
    }
}

extension ByteBuffer {
    /// Whether these are WebSocket text frames as a server sends them, one at least, each of them whole: what goes to
    /// sockets as it is must not end amid a frame.
    fileprivate var isTextFrames: Bool {
        var rest = self
        repeat {
            guard rest.readInteger(as: UInt8.self) == 0x81, let short = rest.readInteger(as: UInt8.self) else {
                return false
            }
            let length: UInt64? =
                switch short {
                case ..<126: UInt64(short)
                case 126: rest.readInteger(as: UInt16.self).map(UInt64.init)
                case 127: rest.readInteger(as: UInt64.self)
                default: nil
                }
            guard let length, let count = Int(exactly: length), rest.readSlice(length: count) != nil else {
                return false
            }
        } while rest.readableBytes > 0
        return true
    }
}
