import PulseAuth
import PulseEngine
import PulseModel
import Testing

@Suite("Claims of tokens")
struct ClaimTests {
    @Test(
        "times are numbers, and hold with thirty seconds of leeway",
        arguments: [
            (#""exp":1800000001"#, nil), (#""exp":1799999971"#, nil), (#""exp":1799999970.5"#, nil),
            (#""exp":1.8e9"#, nil), (#""exp":1800000001.999"#, nil), (#""exp":253402300799"#, nil),
            (#""exp":1799999970"#, "exp: the token has ended"), (#""exp":1768464000"#, "exp: the token has ended"),
            (#""exp":0"#, "exp: the token has ended"), (#""exp":-0"#, "exp: the token has ended"),
            (#""iat":1"#, "exp: missing"), (#""exp":"1800000060""#, "exp: no number"),
            (#""exp":null"#, "exp: no number"),
            (#""exp":true"#, "exp: no number"), (#""exp":[1800000060]"#, "exp: no number"),
            (#""exp":1e400"#, "exp: no time"), (#""exp":-1e400"#, "exp: no time"), (#""exp":-1"#, "exp: no time"),
            (#""exp":253402300800"#, "exp: no time"), (#""exp":1800000060000"#, "exp: no time"),
            (#""exp":9223372036854775808"#, "exp: no time"), (#""exp":1e999999999"#, "exp: no time"),
            (#""exp":1800000060,"nbf":1800000030"#, nil),
            (#""exp":1800000060,"nbf":1800000031"#, "nbf: the token has not begun"),
            (#""exp":1800000060,"nbf":"0""#, "nbf: no number"), (#""exp":1800000060,"nbf":1e400"#, "nbf: no time"),
            (#""exp":1800000060,"iat":1800000030"#, nil),
            (#""exp":1800000060,"iat":1800000031"#, "iat: the token was issued in the future"),
            (#""exp":1800000060,"iat":null"#, "iat: no number"),
            (#""exp":1800000060,"exp":1800000060"#, "claims: a key that is there twice"),
            (#""exp":1800000060,"sub":"1""#, "claims: a key that is there twice"),
            (#""exp":1800000060,"a":{"b":1,"b":2}"#, "claims: a key that is there twice"),
            (#""exp":1800000060,"a":"\ud800""#, "claims: a text with half a surrogate pair"),
            ("\"exp\":1800000060,\"\u{E9}\":1,\"e\u{301}\":2", "claims: two names that look the same"),
        ])
    func times(claims: String, refusal: String?) async throws {
        let token = try await Forge.token(claims: #"{"sub":"17",\#(claims)}"#)
        try await withDoor { door in
            if let refusal {
                #expect(await door.refusal(token) == refusal)
            } else {
                #expect(await door.user(token) == "17")
            }
        }
    }

    @Test(
        "the user is a text or an integer",
        arguments: [
            (#""17""#, "17"), ("17", "17"), (#""a b""#, "a b"), ("-3", "-3"), (#""""#, nil), (#""a\u0000b""#, nil),
            (#""a\nb""#, nil), ("1.0", nil), ("1e3", nil), ("9223372036854775808", nil), ("{}", nil), ("[17]", nil),
            (#"{"$ne":null}"#, nil), ("null", nil), ("true", nil), (#""\#(String(repeating: "x", count: 256))""#, nil),
        ])
    func users(subject: String, user: String?) async throws {
        let token = try await Forge.token(claims: #"{"exp":1800000060,"sub":\#(subject)}"#)
        try await withDoor { door in
            #expect(await door.user(token) == user)
            if user == nil { #expect(await door.refusal(token) == "sub: no user id") }
        }
    }

    @Test(
        "a token is taken by whom it is meant for",
        arguments: [
            (#""pulse""#, ["pulse"], true), (#"["other","pulse"]"#, ["pulse"], true), (#""b""#, ["a", "b"], true),
            (#""other""#, ["pulse"], false), (#"["other"]"#, ["pulse"], false), ("[]", ["pulse"], false),
            (#""Pulse""#, ["pulse"], false), (#""pulse ""#, ["pulse"], false), ("7", ["7"], false),
            (#"{"pulse":1}"#, ["pulse"], false), (#"[["pulse"]]"#, ["pulse"], false), ("null", ["pulse"], false),
            (nil, ["pulse"], false), (nil, [], true), (#""other""#, [], false), ("[]", [], false),
        ] as [(String?, [String], Bool)])
    func audience(claim: String?, configured: [String], isTaken: Bool) async throws {
        var configuration = JWTConfiguration()
        configuration.audiences = configured
        try await expect(isTaken, claim.map { #""aud":\#($0)"# }, configuration)
    }

    @Test(
        "a token is taken from whom is trusted",
        arguments: [
            (#""https://id""#, ["https://id"], true), (#""b""#, ["a", "b"], true), (#""anybody""#, [], true),
            (nil, [], true), (nil, ["a"], false), (#""A""#, ["a"], false), (#"["a"]"#, ["a"], false),
            (#""a/""#, ["a"], false), ("null", ["a"], false),
        ] as [(String?, [String], Bool)])
    func issuer(claim: String?, configured: [String], isTaken: Bool) async throws {
        var configuration = JWTConfiguration()
        configuration.issuers = configured
        try await expect(isTaken, claim.map { #""iss":\#($0)"# }, configuration)
    }

    @Test(
        "every scope that is required must be granted",
        arguments: [
            (#""scope":"sync read""#, true), (#""scp":["read","sync"]"#, true), (#""scp":"sync read""#, true),
            (#""scope":"sync""#, false), (#""scope":"syncread""#, false), (#""scp":[["sync","read"]]"#, false),
            (#""scope":7"#, false), (#""other":1"#, false), (#""scope":"","scp":"sync read""#, false),
        ])
    func scopes(claim: String, isTaken: Bool) async throws {
        var configuration = JWTConfiguration()
        configuration.requiredScopes = ["sync", "read"]
        try await expect(isTaken, claim, configuration)
    }

    /// Shows a token with one claim more than it needs.
    private func expect(_ isTaken: Bool, _ claim: String?, _ configuration: JWTConfiguration) async throws {
        let more = claim.map { ",\($0)" } ?? ""
        let token = try await Forge.token(claims: #"{"sub":"17","exp":1800000060\#(more)}"#)
        try await withDoor([.hs256], configuration) { #expect(await $0.user(token) == (isTaken ? "17" : nil)) }
    }

    @Test("user, groups, actor and times come from where the settings say, and all claims are kept")
    func mapping() async throws {
        var configuration = JWTConfiguration()
        configuration.userClaim = ClaimPath("app.user.id")
        configuration.groupClaims = try [
            ("team", "https://shop.example/teams"), ("role", "realm.roles"), ("org", "org"),
        ]
        .map { .init(name: try #require(ClaimName($0.0)), path: ClaimPath($0.1)) }
        let token = try await Forge.token(
            claims: #"""
                {"app":{"user":{"id":5}},"sub":"other","https://shop.example/teams":[7,"8",7],"realm":{"roles":"admin"},
                "act":{"sub":"support"},"iat":1799999990,"exp":1800000060.5,"deep":{"a":[1.0]}}
                """#)
        try await withDoor([.hs256], configuration) { door in
            let identity = try await door.open(token).get()
            #expect(identity.user.text == "5")
            #expect(identity.groups.map { "\($0.claim)=\($0.value)" } == ["team=7", "team=8", "role=admin"])
            #expect(identity.actor == "support")
            #expect(identity.issued == Timestamp(microseconds: 1_799_999_990_000_000))
            #expect(identity.expires == Timestamp(microseconds: 1_800_000_060_500_000))
            #expect(identity.claims["deep"] == (try JSONValue.parse(#"{"a":[1.0]}"#)))
            #expect(identity.claims.count == 8)
        }
    }

    @Test("a token by a clock that is ahead is no newer than now, and so does not outlive its revocation")
    func clockAhead() async throws {
        let token = try await Forge.token(claims: #"{"sub":"17","exp":1800000060,"iat":1800000030}"#)
        try await withDoor { door in
            let identity = try await door.open(token).get()
            #expect(identity.issued == noon)
        }
    }

    @Test(
        "groups and actors that are no names are refused, not left out",
        arguments: [
            (#""team":{}"#, "team: a value that is no name of a group"),
            (#""team":[7,null]"#, "team: a value that is no name of a group"),
            (#""team":true"#, "team: a value that is no name of a group"),
            (#""team":"""#, "team: a value that is no name of a group"),
            (#""team":[[7]]"#, "team: a value that is no name of a group"),
            (#""team":1.5"#, "team: a value that is no name of a group"),
            (#""act":{"sub":{}}"#, "act.sub: no user id"), (#""act":{"sub":"a\u001b[2J"}"#, "act.sub: no user id"),
        ])
    func badNames(claim: String, refusal: String) async throws {
        var configuration = JWTConfiguration()
        configuration.groupClaims = [.init(name: try #require(ClaimName("team")), path: ClaimPath("team"))]
        let token = try await Forge.token(claims: #"{"sub":"17","exp":1800000060,\#(claim)}"#)
        try await withDoor([.hs256], configuration) { #expect(await $0.refusal(token) == refusal) }
    }

    @Test("claims are not looked at before the signature has been verified")
    func order() async throws {
        let token = try await Forge.token(
            secret: Array(TestKeys.secret.utf8.reversed()), header: #"{"alg":"HS256"}"#, claims: "{")
        try await withDoor { #expect(await $0.refusal(token) == "signature: not that of a key") }
    }
}
