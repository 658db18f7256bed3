import Foundation
import Logging
import NIOCore
import NIOPosix
import PulseEngine
import PulseModel
import PulseSQLite
import PulseServer

/// Knows its clients by what their tokens are made to say.
struct TestAuthenticator: Authenticator {
    let answer: @Sendable (_ token: String) async throws(AuthenticationError) -> Identity

    func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity {
        try await answer(credentials.token ?? "")
    }
}

/// A whole worker on a free port and a file of its own.
enum TestServer {
    static let team = ClaimName("team")!
    static let task = ModelName("task")!

    static func with(
        hooks: [ModelName: ModelHooks] = [:], grace: Duration = .zero,
        authenticate: @escaping @Sendable (_ token: String) async throws(AuthenticationError) -> Identity,
        _ body: @escaping @Sendable (SocketAddress, SyncEngine) async throws -> Void
    ) async throws {
        let schema = try Schema([
            Model(task, audience: .user, fields: [Field("title", .text)]),
            Model(ModelName("board")!, audience: .group(by: team), fields: [Field("title", .text)]),
        ]).served
        let path = NSTemporaryDirectory() + "pulse-server-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let loops = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let engine = try await SyncEngine(
            schema: schema, hooks: hooks, store: SQLiteStore(path: path, schema: schema),
            eventLoops: Array(loops.makeIterator()), logger: logger)
        var configuration = PulseServer.Configuration()
        configuration.web.port = 0
        configuration.authGrace = grace
        let server = PulseServer(
            engine: engine, authenticator: TestAuthenticator(answer: authenticate), configuration: configuration,
            logger: logger)
        let (addresses, bound) = AsyncStream.makeStream(of: SocketAddress.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try? await server.run(on: loops) { bound.yield($0) }
                bound.finish()
            }
            for await address in addresses {
                try await body(address, engine)
                break
            }
            tasks.cancelAll()
        }
    }
}

extension Identity {
    /// - Parameter seconds: until it expires, from now on.
    static func test(_ user: String, teams: [String] = [], expiresIn seconds: Double? = nil) -> Identity {
        Identity(
            user: UserID(user)!, groups: teams.map { GroupID(claim: TestServer.team, value: GroupName($0)!) },
            expires: seconds.map { Timestamp(microseconds: Timestamp.now().microseconds + Int64($0 * 1_000_000)) })
    }
}
