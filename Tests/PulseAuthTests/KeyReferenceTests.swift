import Foundation
import PulseAuth
import Testing

@Suite("References to keys")
struct KeyReferenceTests {
    @Test(
        "what is no reference is refused, without a word of it",
        arguments: [
            "", "HS256", "HS256:", "HS256:hunter2hunter2", "HS256:env:", "HS256:file:", "none:env:A", "hs256:env:A",
            "HS256+:env:A", "+HS256:env:A", "HS256+RS256:file:a", "HS256:https://id.example/k",
            "RS256:ftp://id.example/",
            "RS256:http://id.example/k", "RS256:http://127.0.0.1.example/k", "RS256:http://localhost.example/k",
            "RS256:https://user:hunter2@id.example/", "RS256:https:///k", "RS256:https://id.example/#k",
            "RS256:http://[::2]/", "RS256:http://128.0.0.1/", "hunter2:env:A",
        ])
    func wrong(text: String) throws {
        let error = #expect(throws: KeyError.self) { try KeyReference(text) }
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test(
        "references say what they are, but for a query",
        arguments: [
            ("HS256:env:SECRET", "HS256:env:SECRET"), ("EdDSA:file:/k:1.pem", "EdDSA:file:/k:1.pem"),
            ("RS256+PS256:https://id.example/k?key=hunter2", "RS256+PS256:https://id.example/k"),
            ("ES256:http://127.0.0.1:80/k", "ES256:http://127.0.0.1:80/k"),
            ("ES256:http://[::1]:80/k", "ES256:http://[::1]:80/k"),
            ("ES256:http://localhost/k", "ES256:http://localhost/k"),
        ])
    func right(text: String, description: String) throws {
        #expect(try KeyReference(text).description == description)
    }
}

@Suite("Keys in files")
struct KeyFileTests {
    /// - Returns: why a server with these keys does not start; nil where it does.
    private func problem(_ algorithms: String, _ content: String) async throws -> String? {
        var problem: String?
        try await withDirectory { directory in
            let file = directory.appending(path: "key")
            try Data(content.utf8).write(to: file)
            try await withClient { client in
                do throws(KeyError) {
                    _ = try await KeyRing(
                        [KeyReference("\(algorithms):file:\(file.path)")], client: client, logger: quiet)
                } catch {
                    problem = error.message
                }
            }
        }
        return problem
    }

    @Test(
        "keys that are weak, or of another kind, are refused at the start",
        arguments: [
            ("HS256", "", "the file is empty"), ("HS256", "secret", "6 bytes, which is fewer than the 32"),
            ("HS256", "\n", "0 bytes"), ("HS256", String(repeating: "s", count: 31) + "\n", "31 bytes"),
            ("HS384", String(repeating: "s", count: 47), "fewer than the 48"),
            ("HS512", String(repeating: "s", count: 63), "fewer than the 64"),
            ("HS256+HS512", String(TestKeys.secret.dropLast()), "fewer than the 64"),
            ("HS256", String(repeating: "s", count: 64), "one byte over and over"),
            ("HS256", TestKeys.rsaPublic, "a PEM, which is no secret"),
            ("HS256", TestKeys.rsaPrivate, "a private key"), ("RS256", TestKeys.rsaPrivate, "a private key"),
            ("RS256", TestKeys.rsaSmall, "2048 bits or more"), ("PS512", TestKeys.rsaSmall, "2048 bits or more"),
            ("RS256", TestKeys.verifying(.es256), "no PEM of a public RSA key"),
            ("ES256", TestKeys.rsaPublic, "P-256"), ("ES256", TestKeys.verifying(.es384), "P-256"),
            ("ES384", TestKeys.verifying(.es512), "P-384"), ("ES512", TestKeys.verifying(.es256), "P-521"),
            ("EdDSA", TestKeys.verifying(.es256), "Ed25519"),
            ("RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "no PEM of a public RSA key"),
            ("RS256", TestKeys.secret, "neither a PEM nor"), ("RS256", "{", "no JSON Web Key Set"),
            ("RS256", #"{"keys":[]}"#, "without a key that can be used: it is empty"),
            ("RS256", #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "kty, crv or alg"),
            ("HS256", #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "3 bytes"),
        ])
    func refused(algorithms: String, content: String, problem: String) async throws {
        let found = try await self.problem(algorithms, content)
        #expect(found?.contains(problem) == true, "\(found ?? "it starts")")
    }

    @Test("secrets that are long enough are taken, and a line break at their end is none of it")
    func secrets() async throws {
        for content in [TestKeys.secret, TestKeys.secret + "\n", TestKeys.secret + "\r\n"] {
            #expect(try await problem("HS256+HS384+HS512", content) == nil)
        }
        try await withDirectory { directory in
            let file = directory.appending(path: "key")
            try Data((TestKeys.secret + "\n").utf8).write(to: file)
            try await withClient { client in
                let keys = try await KeyRing([KeyReference("HS256:file:\(file.path)")], client: client, logger: quiet)
                let door = Door(authenticator: JWTAuthenticator(JWTConfiguration(), keys: keys) { noon })
                let token = try await Forge.token()
                #expect(await door.user(token) == "17")
            }
        }
    }

    @Test("a file or a variable that is not there ends the start")
    func missing() async throws {
        try await withClient { client in
            for text in ["HS256:file:/nowhere/key", "HS256:env:PULSE_NO_SUCH_VARIABLE"] {
                await #expect(throws: KeyError.self) {
                    _ = try await KeyRing([KeyReference(text)], client: client, logger: quiet)
                }
            }
        }
    }

    @Test("a secret that stands where the name of a variable belongs is not repeated")
    func misplacedSecret() async throws {
        try await withClient { client in
            let error = await #expect(throws: KeyError.self) {
                _ = try await KeyRing([KeyReference("HS256:env:hunter2")], client: client, logger: quiet)
            }
            #expect(error?.message == "HS256: there is no such environment variable as it names")
        }
    }

    @Test(
        "a key of a set is used for what it says it is for",
        arguments: [
            (#","alg":"ES256""#, true), (#","use":"sig""#, true), (#","key_ops":["verify"]"#, true), ("", true),
            (#","alg":"ES384""#, false), (#","alg":"HS256""#, false), (#","alg":7"#, false), (#","use":"enc""#, false),
            (#","key_ops":["sign"]"#, false), (#","key_ops":"verify""#, false), (#","use":["sig"]"#, false),
        ])
    func purposes(members: String, isUsed: Bool) async throws {
        let set = KeyServer.set([try TestKeys.jwk(TestKeys.es256, kid: "a", more: members)])
        #expect((try await problem("ES256", set) == nil) == isUsed)
    }

    @Test("a file is read again when it changes, and the last good keys are kept while it is bad")
    func changes() async throws {
        let (good, other) = (try await Forge.token(.es256), try await Forge.token(.edDSA))
        try await withDirectory { directory in
            let file = directory.appending(path: "keys.json")
            try Data(KeyServer.set([try TestKeys.jwk(TestKeys.es256, kid: "a")]).utf8).write(to: file)
            var timing = KeyTiming()
            timing.fileInterval = .milliseconds(20)
            timing.retryInterval = .milliseconds(20)
            try await withClient { client in
                let keys = try await KeyRing(
                    [KeyReference("ES256+EdDSA:file:\(file.path)")], client: client, timing: timing, logger: quiet)
                let door = Door(authenticator: JWTAuthenticator(JWTConfiguration(), keys: keys) { noon })
                try await withThrowingTaskGroup { group in
                    group.addTask { await keys.run() }
                    defer { group.cancelAll() }
                    #expect(await door.user(good) == "17")
                    #expect(await door.refusal(other) == "header: no key has this alg and kid")
                    try Data("garbage".utf8).write(to: file, options: .atomic)
                    // A key that is not known may be in what could not be read.
                    try await wait { await door.isTemporary(other) }
                    #expect(await door.user(good) == "17")
                    let x = Base64URL.encode(Array(TestKeys.edDSA.publicKey.rawRepresentation))
                    let set = KeyServer.set([#"{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}"#])
                    try Data(set.utf8).write(to: file, options: .atomic)
                    try await wait { await door.user(other) == "17" }
                    #expect(await door.user(good) == nil)
                    try Data(#"{"keys":[]}"#.utf8).write(to: file, options: .atomic)
                    try await wait { await door.refusal(other) == "header: no key has this alg and kid" }
                }
            }
        }
    }
}
