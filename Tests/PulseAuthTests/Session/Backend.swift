import Foundation
import Hummingbird
import Logging
import PulseAuth
import PulseEngine
import PulseMetrics
import Synchronization

/// An application's backend on a free port, for as long as `body` runs, with a proxy to it.
final class Backend: Sendable {
    /// How often it was asked, what it is answering, and the most that it was answering at a time.
    struct Load {
        var asked = 0
        var running = 0
        var most = 0
    }

    /// What the proxy counts.
    let metrics = MetricRegistry()
    private let load = Mutex(Load())
    private let answer: @Sendable (Request) async throws -> Response

    private init(_ answer: @escaping @Sendable (Request) async throws -> Response) {
        self.answer = answer
    }

    var seen: Load { load.withLock { $0 } }

    /// Waits until it is answering so many requests.
    func isAnswering(_ count: Int) async throws {
        while load.withLock({ $0.running }) < count { try await Task.sleep(for: .milliseconds(2)) }
    }

    static func run(
        configure: (inout SessionProxy.Configuration) -> Void = { _ in },
        answering answer: @escaping @Sendable (Request) async throws -> Response,
        _ body: (Backend, SessionProxy) async throws -> Void
    ) async throws {
        let backend = Backend(answer)
        let router = Router()
        router.get("/session") { request, _ in
            backend.load.withLock {
                $0.asked += 1
                $0.running += 1
                $0.most = max($0.most, $0.running)
            }
            defer { backend.load.withLock { $0.running -= 1 } }
            return try await backend.answer(request)
        }
        router.get("/elsewhere") { _, _ in Response.user("1") }
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "backend")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let serving = Task { try await application.runService(gracefulShutdownSignals: []) }
        defer { serving.cancel() }
        guard let port = await ports.first(where: { _ in true }),
            let url = URL(string: "http://127.0.0.1:\(port)/session")
        else { throw CancellationError() }
        var configuration = SessionProxy.Configuration(backend: url)
        configure(&configuration)
        let proxy = SessionProxy(configuration, metrics: backend.metrics)
        do {
            try await body(backend, proxy)
        } catch {
            await proxy.close()
            throw error
        }
        await proxy.close()
    }
}

extension Response {
    static func user(_ id: String) -> Response { json(#"{"user_id": "\#(id)"}"#) }

    static func json(_ text: String) -> Response {
        Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// What a proxy makes of a token: `user …`, `refused …` or `temporary …`.
func outcome(of token: String, _ proxy: SessionProxy) async -> String {
    do throws(AuthenticationError) {
        return "user \(try await proxy.authenticate(Credentials(token: token)).user)"
    } catch {
        return (error.isTemporary ? "temporary " : "refused ") + error.message
    }
}
