import Foundation
import Hummingbird
import PulseAuth
import PulseEngine
import Testing

@Suite("The proxy to the backend", .timeLimit(.minutes(1)))
struct SessionProxyTests {
    /// The user is the token.
    @Sendable private static func echo(_ request: Request) -> Response {
        .user(String(request.headers[.authorization]?.dropFirst("Bearer ".count) ?? "nobody"))
    }

    @Test("whom the backend names is let in")
    func accepted() async throws {
        try await Backend.run(answering: Self.echo) { _, proxy in
            #expect(await outcome(of: "ann", proxy) == "user ann")
            #expect(await outcome(of: "bob", proxy) == "user bob")
        }
    }

    @Test("equal questions that come together are one, and so are those right after")
    func shared() async throws {
        let (opened, gate) = AsyncStream.makeStream(of: Never.self)
        try await Backend.run { request in
            for await _ in opened {}
            return Self.echo(request)
        } _: { backend, proxy in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 { group.addTask { await outcome(of: "ann", proxy) } }
                try await backend.isAnswering(1)
                gate.finish()
                for try await outcome in group { #expect(outcome == "user ann") }
            }
            #expect(await outcome(of: "ann", proxy) == "user ann")
            #expect(backend.seen.asked == 1)
        }
    }

    @Test("a client that goes away takes no other client's answer along")
    func cancelled() async throws {
        let (opened, gate) = AsyncStream.makeStream(of: Never.self)
        try await Backend.run { request in
            for await _ in opened {}
            return Self.echo(request)
        } _: { backend, proxy in
            let first = Task { await outcome(of: "ann", proxy) }
            try await backend.isAnswering(1)
            async let second = outcome(of: "ann", proxy)
            first.cancel()
            gate.finish()
            #expect(await second == "user ann")
            #expect(backend.seen.asked == 1)
        }
    }

    @Test("only so many requests run and wait; further clients come back later")
    func bounded() async throws {
        let (opened, gate) = AsyncStream.makeStream(of: Never.self)
        try await Backend.run {
            $0.maximumRequests = 4
            $0.maximumWaiting = 6
            $0.timeLimit = .seconds(20)
        } answering: { request in
            for await _ in opened {}
            return Self.echo(request)
        } _: { backend, proxy in
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<30 { group.addTask { await outcome(of: "user\(number)", proxy) } }
                // Those that find no place are told so while the others still wait.
                var outcomes: [String] = []
                for _ in 0..<20 { outcomes.append(try await group.next() ?? "") }
                #expect(Set(outcomes) == ["temporary too many questions wait for the backend"])
                try await backend.isAnswering(4)
                gate.finish()
                for try await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            #expect(outcomes.count { $0.hasPrefix("user user") } == 10)
            #expect(backend.seen.most == 4)
            #expect(backend.seen.asked == 10)
            let text = backend.metrics.text
            #expect(text.contains("pulse_session_overflows_total{backend=\"1\"} 20\n"))
            #expect(text.contains("pulse_session_requests_total{backend=\"1\",answer=\"accepted\"} 10\n"))
        }
    }

    @Test(
        "a backend that is silent, or never comes to an end, is temporary after the time limit",
        arguments: [false, true])
    func slow(sendsHead: Bool) async throws {
        try await Backend.run {
            $0.timeLimit = .milliseconds(300)
        } answering: { _ in
            guard sendsHead else {
                try await Task.sleep(for: .seconds(60))
                return .user("late")
            }
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<6_000 {
                        try await writer.write(ByteBuffer(string: " "))
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    try await writer.finish(nil)
                })
        } _: { _, proxy in
            let start = ContinuousClock.now
            #expect(await outcome(of: "ann", proxy) == "temporary the backend did not answer: Deadline exceeded")
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test("a failure is not remembered, a refusal is")
    func remembered() async throws {
        let (statuses, next) = AsyncStream.makeStream(of: HTTPResponse.Status.self)
        for status in [HTTPResponse.Status.internalServerError, .unauthorized, .ok] { next.yield(status) }
        try await Backend.run { _ in
            Response(status: await statuses.first { _ in true } ?? .ok)
        } _: { backend, proxy in
            #expect(await outcome(of: "ann", proxy) == "temporary the backend answered 500")
            #expect(await outcome(of: "ann", proxy) == "refused the backend answered 401")
            #expect(await outcome(of: "ann", proxy) == "refused the backend answered 401")
            #expect(backend.seen.asked == 2)
        }
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        try await Backend.run { _ in
            Response(status: .found, headers: [.location: "/elsewhere"])
        } _: { _, proxy in
            #expect(await outcome(of: "ann", proxy) == "temporary the backend answered 302")
        }
    }

    @Test("a body beyond 64 KiB is not taken in", arguments: [(65_536, true), (65_537, false)])
    func long(bytes: Int, isTaken: Bool) async throws {
        try await Backend.run { _ in
            let text = #"{"user_id": 1}"#
            return .json(text + String(repeating: " ", count: bytes - text.utf8.count))
        } _: { _, proxy in
            #expect(await outcome(of: "ann", proxy).hasPrefix(isTaken ? "user 1" : "temporary ") == true)
        }
    }

    @Test("a backend that is away is temporary at once")
    func away() async throws {
        var configuration = SessionProxy.Configuration(
            backend: try #require(URL(string: "http://127.0.0.1:1/session")))
        configuration.timeLimit = .seconds(300)
        let proxy = SessionProxy(configuration)
        let start = ContinuousClock.now
        #expect(await outcome(of: "ann", proxy).hasPrefix("temporary the backend did not answer: "))
        #expect(ContinuousClock.now - start < .seconds(60))
        await proxy.close()
    }

    @Test("what cannot stand in a header is refused unasked")
    func control() async throws {
        try await Backend.run(answering: Self.echo) { backend, proxy in
            #expect(
                await outcome(of: "a\r\nX-Admin: 1", proxy) == "refused a token or header field has control characters")
            #expect(backend.seen.asked == 0)
        }
    }

    @Test("who shows nothing to forward is nobody's business here")
    func nothing() async throws {
        try await Backend.run(answering: Self.echo) { backend, proxy in
            #expect(!proxy.recognises(Credentials(token: nil, headers: [.init(name: "accept", value: "*/*")])))
            #expect(proxy.recognises(Credentials(token: "ann")))
            #expect(proxy.recognises(Credentials(token: nil, headers: [.init(name: "Cookie", value: "a=1")])))
            await #expect(throws: AuthenticationError.self) {
                try await proxy.authenticate(Credentials(token: nil))
            }
            #expect(backend.seen.asked == 0)
        }
    }
}
