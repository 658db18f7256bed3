import PulseCommand
import Testing

@Suite("Settings of tokens")
struct TokenSettingsTests {
    private static let keys = ["--jwt-keys", "HS256:env:SECRET"]

    @Test("what is not given has its default")
    func defaults() async throws {
        let tokens = try await TokenSettings.read(TokenOptions.parse(Self.keys), config: nil, environment: [:])
        #expect(tokens.keys == ["HS256:env:SECRET"])
        #expect(tokens.audiences == [])
        #expect(tokens.issuers == [])
        #expect(tokens.leeway == .seconds(30))
        #expect(tokens.userClaim == "sub")
        #expect(tokens.groups == [])
        #expect(tokens.actorClaim == "act.sub")
        #expect(tokens.scopes == [])
    }

    @Test("serve and token read the same settings, from flags, environment and file")
    func everywhere() async throws {
        let flags = [
            "--jwt-keys", "HS256:env:A,ES256+EdDSA:https://id.example/jwks", "--jwt-keys", "RS256:file:/k",
            "--jwt-groups", "team=app.teams, role=roles",
        ]
        let environment = ["PULSE_JWT_AUDIENCE": "a, b", "PULSE_JWT_LEEWAY": "0", "PULSE_JWT_SCOPES": "sync"]
        let file = "jwt-issuer: [https://id.example]\njwt-user-claim: uid\njwt-actor-claim: by\njwt-leeway: 9\n"
        try await withFile(file) { path in
            let tokens = try await TokenSettings.read(
                TokenOptions.parse(flags), config: path, environment: environment)
            #expect(
                tokens.keys == ["HS256:env:A", "ES256+EdDSA:https://id.example/jwks", "RS256:file:/k"])
            #expect(tokens.groups.map { "\($0.name)=\($0.path)" } == ["team=app.teams", "role=roles"])
            #expect(tokens.audiences == ["a", "b"])
            #expect(tokens.issuers == ["https://id.example"])
            #expect(tokens.leeway == .zero)
            #expect(tokens.userClaim == "uid")
            #expect(tokens.actorClaim == "by")
            #expect(tokens.scopes == ["sync"])
            let serve = try await ServeSettings.read(
                ServeOptions.parse(flags + ["--config", path, "--auth", "jwt", "--host", "0.0.0.0"]),
                environment: environment)
            #expect(serve.authentication == [.jwt])
            #expect(serve.tokens == tokens)
        }
    }

    @Test("without a key no token can be taken")
    func noKeys() async throws {
        let problem = "jwt-keys is not set; auth jwt needs a key, such as HS256:env:SECRET"
        let error = await #expect(throws: SettingsError.self) {
            try await TokenSettings.read(TokenOptions.parse([]), config: nil, environment: [:])
        }
        #expect(error?.problems == [problem])
        let other = await #expect(throws: SettingsError.self) {
            try await ServeSettings.read(ServeOptions.parse(["--auth", "jwt"]), environment: [:])
        }
        #expect(other?.problems == [problem])
    }

    @Test("an empty list in the file, and an empty key alone, are problems")
    func empty() async throws {
        try await withFile("jwt-keys: []\njwt-issuer: []\n") { path in
            let error = await #expect(throws: SettingsError.self) {
                try await TokenSettings.read(TokenOptions.parse([]), config: path, environment: [:])
            }
            #expect(
                error?.problems == ["\(path):1:11: jwt-keys: '' is empty", "\(path):2:13: jwt-issuer: '' is empty"])
        }
    }

    @Test(
        "what is wrong is one line",
        arguments: [
            (["--jwt-leeway", "61"], "--jwt-leeway: '61' is not a number from 0 to 60"),
            (["--jwt-leeway", "-1"], "--jwt-leeway: '-1' is not a number from 0 to 60"),
            (["--jwt-groups", "team"], "--jwt-groups: 'team' is no name=claim, such as team=app.team_ids"),
            (["--jwt-groups", "a b=x"], "--jwt-groups: 'a b=x' is no name=claim, such as team=app.team_ids"),
            (["--jwt-issuer", ""], "--jwt-issuer: '' is empty"),
            (["--jwt-issuer", "a, "], "--jwt-issuer: '' is empty"),
            (["--jwt-issuer", "a", "--jwt-issuer", ""], "--jwt-issuer: '' is empty"),
            (["--jwt-audience", ""], "--jwt-audience: '' is empty"),
            (["--jwt-scopes", ""], "--jwt-scopes: '' is empty"),
            (["--jwt-keys", ""], "--jwt-keys: '' is empty"),
            (["--jwt-user-claim", ""], "--jwt-user-claim: '' is empty"),
            (["--jwt-actor-claim", ""], "--jwt-actor-claim: '' is empty"),
            (["--jwt-groups", ""], "--jwt-groups: '' is no name=claim, such as team=app.team_ids"),
            (["--jwt-groups", "team="], "--jwt-groups: 'team=' is no name=claim, such as team=app.team_ids"),
        ])
    func wrong(arguments: [String], line: String) async throws {
        let error = await #expect(throws: SettingsError.self) {
            try await TokenSettings.read(TokenOptions.parse(Self.keys + arguments), config: nil, environment: [:])
        }
        #expect(error?.problems == [line])
    }
}
