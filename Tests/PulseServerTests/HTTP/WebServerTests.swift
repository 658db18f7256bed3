import Hummingbird
import Logging
import NIOCore
import NIOPosix
import PulseServer
import ServiceLifecycle
import Synchronization
import Testing

/// Writes down what happens to it; says back what it is told; does what some texts ask for.
private final class Recorder: WebSocketSession {
    private let log: Log
    private var connection: WebSocketConnection?

    init(log: Log) { self.log = log }

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        self.log.add("opened")
    }

    func received(text: ByteBuffer) {
        let text = String(buffer: text)
        self.log.add(text)
        switch text {
        case "pause":
            self.connection?.pauseReading()
            let connection = self.connection
            connection?.eventLoop.scheduleTask(in: .milliseconds(100)) {
                self.log.add("resume")
                connection?.resumeReading()
            }
        case "close":
            self.connection?.close(code: .serviceRestart, reason: "asked for")
        default:
            self.connection?.write(frames: WebSocketFrames.text(ByteBuffer(string: text)))
        }
    }

    func readComplete() { self.connection?.flush() }
    func writabilityChanged(_ isWritable: Bool) {}
    func closed() { self.log.add("closed") }
}

extension Recorder: @unchecked Sendable {}

private final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { self.lines.withLock { $0.append(line) } }
    var all: [String] { self.lines.withLock { $0 } }
}

/// A client that sends bytes and reads until the server ends the connection, or has sent what is awaited.
func talk(to address: SocketAddress, _ bytes: [UInt8], until awaited: String? = nil) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.allowRemoteHalfClosure, value: false)
        .connect(to: address) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(bytes: bytes))
        var text = ""
        for try await buffer in inbound {
            text += buffer.readableBytesView.map { String(UnicodeScalar($0)) }.joined()
            if let awaited, text.contains(awaited) { break }
        }
        return text
    }
}

func handshake(path: String = "/ws", extra: String = "") -> [UInt8] {
    Array(
        """
        GET \(path) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\(extra)\r\n
        """.utf8)
}

/// Runs a server on a free port while `body` talks to it.
private func withServer(
    limits: WebSocketLimits = WebSocketLimits(), log: Log = Log(),
    _ body: @Sendable (SocketAddress, @escaping @Sendable () async -> Void) async throws -> Void
) async throws {
    var configuration = WebServer.Configuration(port: 0)
    configuration.limits = limits
    let endpoint = WebSocketEndpoint(path: "/ws") { request in
        switch request.query["as"] {
        case "nobody": return .refuse(status: .forbidden, reason: "Who are you?")
        case "chooser": return .accept(subprotocol: "bearer", makeSession: { _ in Recorder(log: log) })
        case "slow": try? await Task.sleep(for: .seconds(60))
        default: break
        }
        return .accept(makeSession: { _ in Recorder(log: log) })
    }
    let router = Router()
    router.get("/healthz") { _, _ in "fine" }
    let (addresses, bound) = AsyncStream.makeStream(of: SocketAddress.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = WebServer(
        configuration: configuration, endpoints: [endpoint], router: router, logger: logger,
        onBound: { bound.yield($0) })
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        for await address in addresses {
            try await body(address) { await group.triggerGracefulShutdown() }
            break
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

@Suite(.timeLimit(.minutes(1))) struct WebServerTests {
    @Test func `a route answers beside the WebSockets`() async throws {
        try await withServer { address, _ in
            let answer = try await talk(
                to: address, Array("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
            #expect(answer.hasSuffix("fine"))
        }
    }

    @Test func `messages right behind the handshake are neither lost nor early`() async throws {
        let log = Log()
        try await withServer(log: log) { address, _ in
            let bytes = handshake() + ClientFrames.text("one") + ClientFrames.text("two")
            let answer = try await talk(to: address, bytes, until: "two")
            #expect(answer.contains("HTTP/1.1 101"))
            #expect(answer.hasSuffix("\r\n\r\n\u{81}\u{3}one\u{81}\u{3}two"))
        }
        #expect(log.all == ["opened", "one", "two", "closed"])
    }

    @Test func `what comes while a session has paused is handed up when it resumes`() async throws {
        let log = Log()
        try await withServer(log: log) { address, _ in
            let bytes = handshake() + ClientFrames.text("pause") + ClientFrames.text("one") + ClientFrames.close(1000)
            _ = try await talk(to: address, bytes)
        }
        #expect(log.all == ["opened", "pause", "resume", "one", "closed"])
    }

    @Test func `a refusal is answered and the connection closed`() async throws {
        try await withServer { address, _ in
            let answer = try await talk(to: address, handshake(path: "/ws?as=nobody"))
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden"))
            #expect(answer.hasSuffix("Who are you?\n"))
        }
    }

    @Test func `a subprotocol is answered only where the endpoint has chosen it`() async throws {
        try await withServer { address, _ in
            for (path, isAnswered) in [("/ws?as=chooser", true), ("/ws", false)] {
                let bytes = handshake(path: path, extra: "Sec-WebSocket-Protocol: bearer, secret\r\n")
                let answer = try await talk(to: address, bytes, until: "\r\n\r\n")
                #expect(answer.lowercased().contains("\r\nsec-websocket-protocol: bearer\r\n") == isAnswered)
                #expect(!answer.contains("secret"))
            }
        }
    }

    @Test func `an endpoint that does not decide in time is answered for`() async throws {
        var limits = WebSocketLimits()
        limits.handshakeTimeout = .milliseconds(200)
        try await withServer(limits: limits) { address, _ in
            let answer = try await talk(to: address, handshake(path: "/ws?as=slow"))
            #expect(answer.hasPrefix("HTTP/1.1 503"))
        }
    }

    @Test func `a client that sends nothing is closed`() async throws {
        var limits = WebSocketLimits()
        limits.headerTimeout = .seconds(1)
        try await withServer(limits: limits) { address, _ in
            for beginning in ["", "GET / HT"] {
                let answer = try await talk(to: address, Array(beginning.utf8))
                #expect(answer.isEmpty)
            }
        }
    }

    @Test func `a violation is answered with its code, and the session is told once`() async throws {
        let log = Log()
        try await withServer(log: log) { address, _ in
            let answer = try await talk(to: address, handshake() + [0x81, 0x01, 0x61])
            #expect(answer.hasSuffix("\u{3}\u{EA}frame is not masked"))
        }
        #expect(log.all == ["opened", "closed"])
    }

    @Test func `a message that is never completed is closed with 1008`() async throws {
        var limits = WebSocketLimits()
        limits.messageTimeout = .milliseconds(200)
        try await withServer(limits: limits) { address, _ in
            let answer = try await talk(to: address, handshake() + ClientFrames.text("a", isFinal: false))
            #expect(answer.contains("\u{3}\u{F0}message was not completed in time"))
        }
    }

    @Test func `a peer that never answers is dropped`() async throws {
        var limits = WebSocketLimits()
        limits.pingInterval = .milliseconds(200)
        limits.silenceLimit = .milliseconds(600)
        try await withServer(limits: limits) { address, _ in
            let answer = try await talk(to: address, handshake())
            #expect(answer.hasSuffix("\u{89}\u{0}"))
        }
    }

    @Test func `a session that closes is told so after the peer's close frame`() async throws {
        let log = Log()
        try await withServer(log: log) { address, _ in
            let bytes = handshake() + ClientFrames.text("close") + ClientFrames.text("late") + ClientFrames.close(1012)
            let answer = try await talk(to: address, bytes)
            #expect(answer.hasSuffix("\u{88}\u{B}\u{3}\u{F4}asked for"))
        }
        #expect(log.all == ["opened", "close", "closed"])
    }

    @Test func `stopping says goodbye to every WebSocket`() async throws {
        let log = Log()
        var limits = WebSocketLimits()
        limits.closeTimeout = .milliseconds(300)
        try await withServer(limits: limits, log: log) { address, stop in
            async let answer = talk(to: address, handshake())
            while log.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            await stop()
            let heard = try await answer
            #expect(heard.hasSuffix("\u{3}\u{F4}the server is stopping"))
        }
        #expect(log.all == ["opened", "closed"])
    }

    @Test func `a port that is taken is an error`() async throws {
        try await withServer { address, _ in
            let second = WebServer(
                configuration: .init(port: address.port ?? 0), endpoints: [], router: Router(),
                logger: Logger(label: "test"))
            await #expect(throws: WebServerError.self) { try await second.run() }
        }
    }
}
