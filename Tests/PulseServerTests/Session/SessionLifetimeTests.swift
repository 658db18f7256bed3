import NIOCore
import PulseEngine
import PulseModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct SessionLifetimeTests {
    private static let batch = #"{"type":"SYNC_BATCH_UPLOAD","table":"task","payloads":[]}"#
    private static let batchAck = TestSocket.Event.text(
        #"{"type":"BATCH_ACK","table":"task","synced_ids":[],"conflicts":[],"errors":[]}"#)

    private static func auth(_ token: String) -> String { #"{"type":"AUTH","token":"\#(token)"}"# }

    private static func ack(_ seconds: String) -> TestSocket.Event {
        .text(#"{"type":"AUTH_ACK","expires_in":\#(seconds)}"#)
    }

    private static func upload(_ number: Int) -> String {
        #"{"type":"SYNC_UPLOAD","table":"task","payload":{"sync_id":"6f1c2a01-0b1d-4e55-9a77-3c5d2e8f4a0\#(number)","title":"A"}}"#
    }

    @Test(arguments: [0.0, 0.2]) func `A connection ends a while after its token`(grace: Double) async throws {
        try await TestServer.with(grace: .seconds(grace)) { _ in
            .test("ann", expiresIn: 0.2)
        } _: { address, _ in
            let start = ContinuousClock.now
            let event = try await TestSocket.with(address, token: "x") { try await $0.receive() }
            #expect(event == .close(4001))
            #expect(ContinuousClock.now - start >= .seconds(0.15 + grace))
        }
    }

    @Test func `A token that is renewed in time does not end the connection`() async throws {
        try await TestServer.with { token throws(AuthenticationError) in
            token == "long" ? .test("ann", expiresIn: 900.9) : .test("ann", expiresIn: 0.5)
        } _: { address, _ in
            try await TestSocket.with(address, token: "short") { renewed in
                try await renewed.send(Self.auth("long"))
                #expect(try await renewed.receive() == Self.ack("900"))
                // Its time would have come later than the other's.
                let other = try await TestSocket.with(address, token: "short") { try await $0.receive() }
                #expect(other == .close(4001))
                try await renewed.send(Self.batch)
                #expect(try await renewed.receive() == Self.batchAck)
            }
        }
    }

    @Test func `A token that is not accepted changes nothing`() async throws {
        try await TestServer.with { token throws(AuthenticationError) in
            switch token {
            case "bad": throw AuthenticationError("no")
            case "later": throw AuthenticationError("not now", isTemporary: true)
            case "bob": return .test("bob")
            default: return .test("ann", expiresIn: 5)
            }
        } _: { address, _ in
            try await TestSocket.with(address, token: "x") { socket in
                for (token, code) in [("bad", "400"), ("later", "401"), ("bob", "400")] {
                    try await socket.send(Self.auth(token))
                    #expect(try await socket.receive().code == code)
                }
                try await socket.send(Self.batch)
                #expect(try await socket.receive() == Self.batchAck)
                #expect(try await socket.receive() == .close(4001), "The first token's end is in force.")
            }
        }
    }

    @Test func `One token is checked at a time, and nothing behind it waits`() async throws {
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        try await TestServer.with { token in
            if token == "slow" { for await _ in gate { break } }
            return .test("ann")
        } _: { address, _ in
            try await TestSocket.with(address, token: "x") { socket in
                for message in [Self.auth("slow"), Self.auth("x"), Self.batch] { try await socket.send(message) }
                #expect(try await socket.receive().code == "401")
                #expect(try await socket.receive() == Self.batchAck)
                opened.yield()
                #expect(try await socket.receive() == Self.ack("null"))
                try await socket.send(Self.auth("x"))
                #expect(try await socket.receive() == Self.ack("null"))
            }
        }
    }

    @Test func `What is uploaded behind the ack is judged by the new token`() async throws {
        let hook = ModelHooks(incoming: { change in
            if change.identity.claims["editor"] != true { throw ItemRejected() }
        })
        try await TestServer.with(hooks: [TestServer.task: hook]) { token in
            Identity(user: UserID("ann")!, claims: token == "editor" ? ["editor": true] : [:])
        } _: { address, _ in
            try await TestSocket.with(address, token: "reader") { socket in
                try await socket.send(Self.upload(1))
                #expect(try await socket.receive().status == "ERROR")
                try await socket.send(Self.auth("editor"))
                #expect(try await socket.receive() == Self.ack("null"))
                try await socket.send(Self.upload(2))
                #expect(try await socket.receive().status == "SUCCESS")
            }
        }
    }

    @Test(arguments: [["red"], ["red", "blue"]], [["red", "green"], []])
    func `A token that opens other records is acknowledged, and the client must come back`(
        before: [String], after: [String]
    ) async throws {
        try await TestServer.with { token in
            .test("ann", teams: token == "new" ? after : before)
        } _: { address, _ in
            try await TestSocket.with(address, token: "old") { socket in
                try await socket.send(Self.auth("new"))
                #expect(try await socket.receive() == Self.ack("null"))
                #expect(try await socket.receive() == .close(4003))
            }
        }
    }

    @Test func `Who is revoked between being let in and being there is closed`() async throws {
        let engines = AsyncStream.makeStream(of: SyncEngine.self)
        let hook = ModelHooks(mayAccess: { identity in
            for await engine in engines.stream {
                try await engine.decide(.revoke, about: identity.user)
                while !engine.isRevoked(identity) { await Task.yield() }
                break
            }
            return true
        })
        try await TestServer.with(hooks: [TestServer.task: hook]) { _ in
            .test("ann")
        } _: { address, engine in
            engines.continuation.yield(engine)
            let event = try await TestSocket.with(address, token: "x") { try await $0.receive() }
            #expect(event == .close(4002))
            let again = try await TestSocket.with(address, token: "x") { try await $0.receive() }
            #expect(again == .end, "It is not let in.")
        }
    }
}

private struct ItemRejected: Error {}

extension TestSocket.Event {
    /// What an error is told by.
    fileprivate var code: String? { value(of: "\"code\":", endingAt: ",") }

    /// What an ack says.
    fileprivate var status: String? { value(of: "\"status\":\"", endingAt: "\"") }

    private func value(of key: String, endingAt end: Character) -> String? {
        guard case .text(let text) = self, let start = text.firstRange(of: key)?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != end })
    }
}
