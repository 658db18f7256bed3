import NIOCore
import NIOPosix

/// A client's WebSocket, on a real one.
struct TestSocket {
    enum Event: Equatable {
        case text(String)
        case close(UInt16)
        /// The handshake was refused, or the connection lost.
        case end
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var bytes: [UInt8] = []

    /// Opens a socket, and closes it after `body`.
    static func with<Value: Sendable>(
        _ address: SocketAddress, token: String, _ body: @Sendable (inout TestSocket) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var socket = TestSocket(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            let handshake = """
                GET /ws/pulse/sync/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r
                Authorization: Bearer \(token)\r\n\r\n
                """
            try await outbound.write(ByteBuffer(string: handshake))
            while let byte = try await socket.next(1)?[0], byte != 0x0a || !socket.endsHead(with: byte) {
                socket.head.append(byte)
            }
            return try await body(&socket)
        }
    }

    private var head: [UInt8] = []

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound
        self.outbound = outbound
    }

    private func endsHead(with byte: UInt8) -> Bool { head.suffix(3) == [0x0d, 0x0a, 0x0d] }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(bytes: ClientFrames.text(text)))
    }

    /// The next frame; pings are passed over.
    mutating func receive() async throws -> Event {
        guard head.starts(with: "HTTP/1.1 101".utf8) else { return .end }
        while let first = try await next(2) {
            var length = Int(first[1])
            if length == 126, let long = try await next(2) { length = Int(long[0]) << 8 | Int(long[1]) }
            guard let payload = length == 0 ? [] : try await next(length) else { break }
            switch first[0] & 0x0f {
            case 1: return .text(String(decoding: payload, as: UTF8.self))
            case 8: return .close(UInt16(payload[0]) << 8 | UInt16(payload[1]))
            default: continue
            }
        }
        return .end
    }

    private mutating func next(_ count: Int) async throws -> [UInt8]? {
        while bytes.count < count {
            guard let buffer = try await inbound.next() else { return nil }
            bytes += buffer.readableBytesView
        }
        defer { bytes.removeFirst(count) }
        return Array(bytes[..<count])
    }
}
