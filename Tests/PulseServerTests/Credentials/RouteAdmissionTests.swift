import Hummingbird
import Logging
import NIOCore
import PulseEngine
import PulseModel
import PulseServer
import ServiceLifecycle
import Testing

/// A request to a route, and whom it lets in.
private struct RouteRequest: CustomTestStringConvertible, Sendable {
    var name: String
    var query = ""
    var fields: [String] = []
    /// Nil for nobody.
    var user: String?

    var testDescription: String { name }
}

private let requests: [RouteRequest] = [
    RouteRequest(name: "nothing shown"),
    RouteRequest(name: "a field", fields: ["Authorization: Bearer ann"], user: "ann"),
    RouteRequest(name: "a field with a wrong token", fields: ["Authorization: Bearer eve"]),
    RouteRequest(name: "two tokens", query: "?token=ann", fields: ["Authorization: Bearer bob"]),
    RouteRequest(name: "a parameter", query: "?token=ann", user: "ann"),
    RouteRequest(name: "a cookie, from this site", fields: ["Origin: https://x", "Cookie: auth=ann"], user: "ann"),
    RouteRequest(name: "a cookie, from who says nothing of a site", fields: ["Cookie: auth=ann"]),
    RouteRequest(name: "a cookie, from another site", fields: ["Origin: https://evil", "Cookie: auth=ann"]),
    RouteRequest(name: "a field, from another site", fields: ["Origin: https://evil", "Authorization: Bearer ann"]),
    RouteRequest(
        name: "a cookie, from this site without TLS, through a proxy with it",
        fields: ["X-Forwarded-Proto: https", "Origin: http://x", "Cookie: auth=ann"]),
]

@Suite("Routes", .timeLimit(.minutes(1)))
struct RouteAdmissionTests {
    @Test("a route lets in whom a handshake lets in", arguments: requests)
    private func admission(of sent: RouteRequest) async throws {
        try await Self.withRoute { address in
            let lines = ["GET /who\(sent.query) HTTP/1.1", "Host: x", "Connection: close"] + sent.fields
            let answer = try await talk(to: address, Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
            #expect(answer.hasPrefix(sent.user == nil ? "HTTP/1.1 401 " : "HTTP/1.1 200 "))
            #expect(answer.contains("application/json"))
            #expect(answer.hasSuffix("{\"user\":\(sent.user.map { "\"\($0)\"" } ?? "null")}\n"))
        }
    }

    @Sendable private static func identity(of token: String) async throws(AuthenticationError) -> Identity {
        guard ["ann", "bob"].contains(token) else { throw AuthenticationError("an unknown token") }
        return .test(token)
    }

    /// Runs a server with a route that says who asks.
    private static func withRoute(_ body: @escaping @Sendable (SocketAddress) async throws -> Void) async throws {
        try await TestServer.with(authenticate: identity) { _, engine in
            var configuration = PulseServer.Configuration(web: WebServer.Configuration(port: 0))
            configuration.tokenCookie = "auth"
            configuration.web.trustedProxies = TrustedProxies([try #require(AddressRange("127.0.0.1"))])
            let admission = Admission(
                engine: engine, authenticator: TestAuthenticator(answer: identity), configuration: configuration)
            let router = Router(context: RouteContext.self)
            router.get("/who") { request, context in
                do {
                    let identity = try await admission.admit(request, context: context)
                    return Response.json(.ok, [("user", .string(identity.user.text))])
                } catch {
                    return Response.json(.unauthorized, [("user", .null)])
                }
            }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let (addresses, bound) = AsyncStream.makeStream(of: SocketAddress.self)
            let server = WebServer(
                configuration: configuration.web, endpoints: [], router: router, logger: logger,
                onBound: { bound.yield($0) })
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try? await ServiceGroup(services: [server], logger: logger).run()
                    bound.finish()
                }
                for await address in addresses {
                    try await body(address)
                    break
                }
                tasks.cancelAll()
            }
        }
    }
}
