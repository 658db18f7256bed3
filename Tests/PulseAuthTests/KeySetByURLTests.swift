import JWTKit
import PulseAuth
import PulseEngine
import PulseModel
import Testing

@Suite("Key sets by URL")
struct KeySetByURLTests {
    private static let other = ES256PrivateKey()

    private static func key(_ kid: String?) throws -> String { try TestKeys.jwk(TestKeys.es256, kid: kid) }

    private static func token(kid: String? = nil, by key: ES256PrivateKey = TestKeys.es256) async throws -> String {
        let signer = try await SigningKey(Array(key.pemRepresentation.utf8), .es256)
        return try signer.token(
            JSONObject([.init(key: "sub", value: "17"), .init(key: "exp", value: 1_800_000_060)]),
            header: kid.map { [.init(key: "kid", value: .string($0))] } ?? [])
    }

    /// Runs `body` with a door whose keys come from a server, and are kept fresh.
    private static func withDoor(
        at url: String, timing: KeyTiming = KeyTiming(), _ body: (Door) async throws -> Void
    ) async throws {
        try await withClient { client in
            let keys = try await KeyRing(
                [KeyReference("ES256:\(url)")], client: client, timing: timing, logger: quiet)
            try await withThrowingTaskGroup { group in
                group.addTask { await keys.run() }
                defer { group.cancelAll() }
                try await body(Door(authenticator: JWTAuthenticator(JWTConfiguration(), keys: keys) { noon }))
            }
        }
    }

    /// Everything happens at once.
    private static var hasty: KeyTiming {
        var timing = KeyTiming()
        timing.freshness = .milliseconds(20) ... .milliseconds(20)
        timing.ownFreshness = .milliseconds(20)
        timing.retryInterval = .milliseconds(20)
        return timing
    }

    @Test("a rotated key is picked up in the background, and the old one is let go")
    func rotation() async throws {
        let (old, new) = (try await Self.token(), try await Self.token(by: Self.other))
        try await KeyServer.with(Self.key("a")) { server, _ in
            try await Self.withDoor(at: server.url, timing: Self.hasty) { door in
                #expect(await door.user(old) == "17")
                #expect(await door.refusal(new) == "signature: not that of a key")
                server.serve(try TestKeys.jwk(Self.other, kid: "b"))
                try await wait { await door.user(new) == "17" }
                #expect(await door.refusal(old) == "signature: not that of a key")
            }
        }
    }

    @Test("a token that names a new key has the set fetched at once")
    func newKey() async throws {
        let (old, new) = (try await Self.token(kid: "a"), try await Self.token(kid: "b", by: Self.other))
        try await KeyServer.with(Self.key("a")) { server, _ in
            try await Self.withDoor(at: server.url) { door in
                server.serve(try Self.key("a"), try TestKeys.jwk(Self.other, kid: "b"))
                #expect(await door.user(new) == "17")
                #expect(await door.user(old) == "17")
                #expect(server.paths.count == 2)
            }
        }
    }

    @Test("a new key that it is too early to fetch is no reason to refuse")
    func tooEarly() async throws {
        let new = try await Self.token(kid: "b", by: Self.other)
        try await KeyServer.with(Self.key("a")) { server, _ in
            try await Self.withDoor(at: server.url) { door in
                #expect(await door.refusal(new) == "header: no key has this alg and kid")
                server.serve(try Self.key("a"), try TestKeys.jwk(Self.other, kid: "b"))
                #expect(await door.isTemporary(new))
                #expect(server.paths.count == 2)
            }
        }
    }

    @Test(
        "a token that could be any of more than four keys' needs the kid of its own",
        arguments: [(4, nil), (5, "header: more than 4 keys may have signed the token; it needs the kid of one")])
    func tries(count: Int, refusal: String?) async throws {
        let keys = try [Self.key("a")] + (1..<count).map { try TestKeys.jwk(ES256PrivateKey(), kid: "other\($0)") }
        let (nameless, named) = (try await Self.token(), try await Self.token(kid: "a"))
        try await KeyServer.with { server, _ in
            server.answer(.init(text: KeyServer.set(keys)))
            try await Self.withDoor(at: server.url) { door in
                #expect(await door.refusal(nameless) == refusal)
                #expect(await door.user(nameless) == (refusal == nil ? "17" : nil))
                #expect(await door.user(named) == "17")
            }
        }
    }

    @Test("a key without an id is not tried where the one that a token names is there")
    func namedKey() async throws {
        let (nameless, misnamed) = (try await Self.token(kid: "b"), try await Self.token(kid: "a"))
        try await KeyServer.with(Self.key(nil), TestKeys.jwk(Self.other, kid: "a")) { server, _ in
            try await Self.withDoor(at: server.url) { door in
                #expect(await door.user(nameless) == "17")
                #expect(await door.refusal(misnamed) == "signature: not that of a key")
            }
        }
    }

    @Test("a storm of unknown keys causes one fetch")
    func storm() async throws {
        let good = try await Self.token(kid: "a")
        try await KeyServer.with(Self.key("a")) { server, _ in
            try await Self.withDoor(at: server.url) { door in
                try await withThrowingTaskGroup { group in
                    for number in 0..<300 {
                        group.addTask {
                            let token = try await Self.token(kid: "unknown\(number)", by: Self.other)
                            // Those that come behind the fetch may be of a key that is newer.
                            let refusal = await door.refusal(token)
                            #expect(refusal == nil || refusal == "header: no key has this alg and kid")
                            #expect(await door.user(token) == nil)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(server.paths.count == 2)
                #expect(await door.user(good) == "17")
            }
        }
    }

    @Test("the last good keys are kept while the server is down")
    func down() async throws {
        let (good, unknown) = (try await Self.token(kid: "a"), try await Self.token(kid: "b"))
        try await KeyServer.with(Self.key("a")) { server, stop in
            try await Self.withDoor(at: server.url, timing: Self.hasty) { door in
                #expect(await door.user(good) == "17")
                await stop()
                // Whether the new key is one that the server has is not known.
                try await wait { await door.isTemporary(unknown) }
                #expect(await door.user(good) == "17")
            }
        }
    }

    @Test("keys that never came are no reason to refuse, and come when they can")
    func neverUp() async throws {
        let good = try await Self.token(kid: "a")
        try await KeyServer.with { server, _ in
            server.answer(.init(status: .serviceUnavailable))
            try await Self.withDoor(at: server.url, timing: Self.hasty) { door in
                #expect(await door.isTemporary(good))
                let token = try await Forge.token(.hs256)
                #expect(await door.refusal(token) != nil)
                server.serve(try Self.key("a"))
                try await wait { await door.user(good) == "17" }
            }
        }
        try await KeyServer.with { server, stop in
            await stop()
            try await Self.withDoor(at: server.url) { #expect(await $0.isTemporary(good)) }
        }
    }

    @Test(
        "a key that its server has withdrawn is let go, also when it was the last",
        arguments: [#"{"keys":[]}"#, #"{"keys":[{"kty":"EC"}]}"#])
    func withdrawn(set: String) async throws {
        let good = try await Self.token(kid: "a")
        try await KeyServer.with(Self.key("a")) { server, _ in
            try await Self.withDoor(at: server.url, timing: Self.hasty) { door in
                #expect(await door.user(good) == "17")
                server.answer(.init(text: set))
                try await wait { await door.user(good) == nil }
            }
        }
    }

    @Test("an answer that is no key set changes nothing")
    func badAnswers() async throws {
        let (good, unknown) = (try await Self.token(kid: "a"), try await Self.token(kid: "b"))
        let padding = String(repeating: " ", count: 256 << 10)
        let answers: [KeyServer.Answer] = [
            .init(text: ""), .init(text: "<html>"), .init(text: "{}"),
            .init(text: #"{"keys":{}}"#), .init(text: TestKeys.rsaPublic),
            .init(text: KeyServer.set([try Self.key("b")]) + padding),
            .init(text: KeyServer.set([try Self.key("b")]), hangs: true),
            .init(text: KeyServer.set(Array(repeating: try Self.key("b"), count: 33))),
            .init(text: #"{"keys":[],"keys":[\#(try Self.key("b"))]}"#),
            .init(status: .notFound, text: KeyServer.set([try Self.key("b")])),
            .init(status: .found, fields: [.location: "/elsewhere"]),
        ]
        var timing = KeyTiming()
        timing.tokenInterval = .zero
        timing.timeLimit = .seconds(2)
        for answer in answers {
            try await KeyServer.with(Self.key("a")) { server, _ in
                try await Self.withDoor(at: server.url, timing: timing) { door in
                    server.answer(answer)
                    #expect(await door.isTemporary(unknown), "\(answer)")
                    #expect(await door.user(good) == "17")
                    #expect(server.paths == ["/jwks", "/jwks"])
                }
            }
        }
    }

    @Test("keys that a token brings or points to are not fetched, nor used")
    func foreignKeys() async throws {
        let attacker = try await SigningKey(Array(Self.other.pemRepresentation.utf8), .es256)
        let jwk = try TestKeys.jwk(Self.other, kid: "a")
        try await KeyServer.with(jwk) { evil, _ in
            try await KeyServer.with(Self.key("a")) { server, _ in
                try await Self.withDoor(at: server.url) { door in
                    for member in [
                        #""jku":"\#(evil.url)""#, #""x5u":"\#(evil.url)""#, #""jwk":\#(jwk)"#, #""x5c":["AAAA"]"#,
                        #""jku":"\#(evil.url)","kid":"a""#, #""kid":"\#(evil.url)""#, #""iss":"\#(evil.url)""#,
                    ] {
                        let signed = "\(Forge.part(#"{"alg":"ES256",\#(member)}"#)).\(Forge.part(goodClaims))"
                        let token = try attacker.token(signed: signed)
                        #expect(await door.refusal(token) != nil)
                    }
                }
                #expect(server.paths.allSatisfy { $0 == "/jwks" })
            }
            #expect(evil.paths == [])
        }
    }

    @Test(
        "a key id is compared, and looked up nowhere",
        arguments: [
            "../../dev/null", "/dev/null", "' OR 1=1 --", "a\u{0}", "\u{0}", "A", "a ", "", "${jndi:ldap://x}", "%61",
            String(repeating: "k", count: 5_000), "a\r\nX: y", "file:///etc/passwd", "*",
        ])
    func keyIDs(kid: String) async throws {
        try await KeyServer.with(Self.key("a")) { server, _ in
            try await Self.withDoor(at: server.url) { door in
                let token = try await Self.token(kid: kid)
                #expect(await door.refusal(token) == "header: no key has this alg and kid")
            }
        }
    }

    @Test(
        "what a server says of how long its answer is good counts within bounds",
        arguments: [
            ("max-age=5", 60), ("max-age=600", 600), ("public, max-age=86400", 3_600), ("no-store", 60),
            ("no-cache, max-age=600", 60), ("Max-Age=120", 120), ("max-age=-1", 300), ("max-age=99999999999", 300),
            ("", 300),
        ])
    func freshness(field: String, seconds: Int64) {
        #expect(KeyTiming().freshness(cacheControl: field.split(separator: ",").map(String.init)) == .seconds(seconds))
    }
}

extension Door {
    func isTemporary(_ token: String) async -> Bool {
        guard case .failure(let error) = await open(token) else { return false }
        return error.isTemporary
    }
}
