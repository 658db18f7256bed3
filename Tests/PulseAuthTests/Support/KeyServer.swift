import Foundation
import Hummingbird
import NIOCore
import PulseAuth
import Synchronization
import Testing

/// A real server of key sets, on a port of its own.
final class KeyServer: Sendable {
    struct Answer: Sendable {
        var status = HTTPResponse.Status.ok
        var text = ""
        var fields: HTTPFields = [:]
        /// Whether the body begins and never ends.
        var hangs = false
    }

    private let state: Mutex<(answer: Answer, paths: [String])>
    private let address = Mutex<Int?>(nil)

    /// The paths that were asked for, in their order.
    var paths: [String] { state.withLock { $0.paths } }

    var url: String { "http://127.0.0.1:\(address.withLock { $0 } ?? 0)/jwks" }

    private init(_ answer: Answer) {
        state = Mutex((answer, []))
    }

    func answer(_ answer: Answer) {
        state.withLock { $0.answer = answer }
    }

    func serve(_ keys: String...) {
        answer(Answer(text: Self.set(keys)))
    }

    static func set(_ keys: [String]) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

    /// Runs `body` beside a server that answers whatever it is asked for; `stop` ends it earlier.
    static func with(
        _ keys: String..., body: (_ server: KeyServer, _ stop: @Sendable () async -> Void) async throws -> Void
    ) async throws {
        let server = KeyServer(Answer(text: set(keys)))
        let (running, isRunning) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.get("**") { request, _ in server.respond(to: request) }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in isRunning.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
        let task = Task { try? await application.run() }
        let port = await running.first { _ in true }
        server.address.withLock { $0 = port }
        let stop: @Sendable () async -> Void = {
            task.cancel()
            await task.value
        }
        do {
            try await body(server, stop)
            await stop()
        } catch {
            await stop()
            throw error
        }
    }

    private func respond(to request: Request) -> Response {
        let answer = state.withLock { state in
            state.paths.append(request.uri.path)
            return state.answer
        }
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: answer.text))
            if answer.hangs { try await Task.sleep(for: .seconds(60)) }
            try await writer.finish(nil)
        }
        return Response(status: answer.status, headers: answer.fields, body: body)
    }
}

/// Waits until a condition holds; fails the test if it does not.
func wait(
    until condition: () async -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("It never happened.", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
