import CHiredis
import Foundation

/// A connection to a Redis that never blocks.
struct RedisConnection: ~Copyable {
    /// Bytes of a reply that is not complete yet. More than any message that is published.
    static let maximumReplyBytes = 8 << 20

    private let context: UnsafeMutablePointer<redisContext>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    /// Begins to connect.
    static func connecting(to place: RedisAddress.Place) throws(RedisError) -> RedisConnection {
        let context =
            switch place {
            case .tcp(let host, let port): redisConnectNonBlock(host, Int32(port))
            case .unix(let path): redisConnectUnixNonBlock(path)
            }
        guard let context else { throw RedisError("there is no memory for a connection") }
        let connection = RedisConnection(owning: context)
        guard context.pointee.err == 0 else { throw connection.failure() }
        return connection
    }

    private init(owning context: UnsafeMutablePointer<redisContext>) {
        self.context = context
        functions = .allocate(capacity: 1)
        pulse_bound_arrays(context, functions)
        #if !os(Linux)
            var isOn: Int32 = 1
            setsockopt(
                context.pointee.fd, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    deinit {
        redisFree(context)
        functions.deallocate()
    }

    var descriptor: Int32 { Int32(context.pointee.fd) }

    /// Finds out how connecting ended, once the socket is writable.
    func checkConnected() throws(RedisError) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0 else {
            throw RedisError(String(cString: strerror(code)))
        }
    }

    /// Writes what the socket takes.
    ///
    /// - Returns: how many bytes it took.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Int {
        let count = send(descriptor, bytes.baseAddress, bytes.count, Self.sendFlags)
        if count >= 0 { return count }
        guard errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR else {
            throw RedisError(String(cString: strerror(errno)))
        }
        return 0
    }

    /// Takes what has arrived; ``nextReply()`` has the replies in it.
    func read() throws(RedisError) {
        guard redisBufferRead(context) == REDIS_OK else { throw failure() }
    }

    /// The next reply that is complete.
    func nextReply() throws(RedisError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw failure() }
        if let reply { return RedisReply(owning: reply.assumingMemoryBound(to: redisReply.self)) }
        guard context.pointee.reader.pointee.len <= Self.maximumReplyBytes else {
            throw RedisError("it sent a reply of more than \(Self.maximumReplyBytes) bytes")
        }
        return nil
    }

    private func failure() -> RedisError {
        // The text's storage is an array of characters that Swift imports as a tuple.
        withUnsafeBytes(of: context.pointee.errstr) { bytes in
            RedisError(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }

    /// A socket whose other end is gone is an error of this call, not a signal to the process.
    private static var sendFlags: Int32 {
        #if os(Linux)
            Int32(MSG_NOSIGNAL)
        #else
            0
        #endif
    }
}

/// One reply of a Redis.
struct RedisReply: ~Copyable {
    private let reply: UnsafeMutablePointer<redisReply>

    init(owning reply: UnsafeMutablePointer<redisReply>) {
        self.reply = reply
    }

    deinit { freeReplyObject(reply) }

    /// The text of an error, as far as it can be logged; nil where the reply is none.
    var error: String? {
        guard reply.pointee.type == REDIS_REPLY_ERROR else { return nil }
        return String(decoding: Self.bytes(of: reply).prefix(200).filter { (0x20...0x7e).contains($0) }, as: UTF8.self)
    }

    /// The element of an array; nil where there is none or it is no string. Valid as long as the reply.
    func string(at index: Int) -> UnsafeRawBufferPointer? {
        guard reply.pointee.type == REDIS_REPLY_ARRAY, index < reply.pointee.elements,
            let element = reply.pointee.element[index], element.pointee.type == REDIS_REPLY_STRING
        else { return nil }
        return Self.bytes(of: element)
    }

    private static func bytes(of reply: UnsafeMutablePointer<redisReply>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.pointee.str, count: Int(reply.pointee.len))
    }
}

/// Wakes a thread that waits in `poll`.
struct WakePipe: ~Copyable, Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { preconditionFailure("There are no file descriptors left for a pipe.") }
        (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// From any thread. A pipe that is full wakes, too.
    func wake() {
        _ = write(writeEnd, "!", 1)
    }

    /// Forgets all wakes so far.
    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            while read(readEnd, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}

/// Why a connection to Redis failed. Never has a password in it.
struct RedisError: Error, CustomStringConvertible {
    let description: String
    /// Where a node of a cluster says that the channels are.
    let place: RedisAddress.Place?

    init(_ description: String) {
        self.description = description
        place = nil
    }

    /// - Parameter answer: an error that Redis answered with; `MOVED SLOT HOST:PORT` names another node.
    init(answer: String) {
        description = answer
        let words = answer.split(separator: " ")
        if words.count == 3, words[0] == "MOVED", let colon = words[2].lastIndex(of: ":"), colon > words[2].startIndex,
            let port = Int(words[2][words[2].index(after: colon)...]), (1...65_535).contains(port)
        {
            place = .tcp(host: String(words[2][..<colon]), port: port)
        } else {
            place = nil
        }
    }
}
