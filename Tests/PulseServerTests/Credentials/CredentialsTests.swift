import NIOHTTP1
import PulseEngine
import PulseServer
import Testing

/// One request, and the token that it shows: nil for none, an error for a refusal.
struct CredentialsCase: CustomTestStringConvertible, Sendable {
    enum Outcome: Equatable {
        case token(String?)
        case refused(String)
    }

    var name: String
    var fields: [(String, String)] = []
    var query = ""
    var expected: Outcome
    var testDescription: String { self.name }
}

private let origin = ("Origin", "https://app.example.com")
private let several = CredentialsCase.Outcome.refused("several tokens")
private let strange = CredentialsCase.Outcome.refused("a token beside an Authorization field without one")
private let unusable = CredentialsCase.Outcome.refused("an Authorization field that holds no token")

private let cases: [CredentialsCase] = [
    .init(name: "nothing", expected: .token(nil)),
    .init(name: "Authorization", fields: [("Authorization", "Bearer T")], expected: .token("T")),
    .init(name: "Authorization in other case", fields: [("authorization", "bEARER  T")], expected: .token("T")),
    .init(name: "Authorization of another scheme", fields: [("Authorization", "Basic eA==")], expected: .token(nil)),
    .init(name: "Bearer alone", fields: [("Authorization", "Bearer")], expected: .token(nil)),
    .init(name: "Bearer and a space", fields: [("Authorization", "Bearer ")], expected: .token(nil)),
    .init(name: "an empty Authorization", fields: [("Authorization", "")], expected: .token(nil)),
    .init(
        name: "two Authorization fields", fields: [("Authorization", "Bearer T"), ("Authorization", "Bearer T")],
        expected: .refused("several Authorization fields")),
    .init(
        name: "two Authorization fields of two schemes",
        fields: [("Authorization", "Bearer T"), ("Authorization", "Basic eA==")],
        expected: .refused("several Authorization fields")),
    .init(
        name: "a parameter beside an Authorization of another scheme", fields: [("Authorization", "Basic eA==")],
        query: "token=T", expected: strange),
    .init(
        name: "a protocol beside an empty Authorization",
        fields: [("Authorization", "Bearer "), ("Sec-WebSocket-Protocol", "bearer, T")], expected: strange),
    .init(
        name: "a cookie beside an Authorization of another scheme",
        fields: [origin, ("Authorization", "Basic eA=="), ("Cookie", "auth=T")], expected: .token("T")),
    .init(name: "Bearer and spaces", fields: [("Authorization", "Bearer   ")], expected: .token(nil)),
    .init(name: "tokens joined by a comma", fields: [("Authorization", "Bearer T, Bearer U")], expected: unusable),
    .init(name: "what was not UTF-8", fields: [("Authorization", "Bearer \u{FFFD}")], expected: unusable),
    .init(name: "a parameter", query: "token=a%20b", expected: .token("a b")),
    .init(name: "an empty parameter", query: "token=", expected: .token(nil)),
    .init(name: "two parameters", query: "token=T&token=T", expected: .refused("several token parameters")),
    .init(name: "a parameter of other case", query: "Token=T", expected: .token(nil)),
    .init(name: "a protocol", fields: [("Sec-WebSocket-Protocol", "bearer, T")], expected: .token("T")),
    .init(
        name: "a protocol in two fields",
        fields: [("Sec-WebSocket-Protocol", "bearer"), ("Sec-WebSocket-Protocol", "T")],
        expected: .token("T")),
    .init(name: "a protocol without token", fields: [("Sec-WebSocket-Protocol", "bearer")], expected: .token(nil)),
    .init(name: "another protocol", fields: [("Sec-WebSocket-Protocol", "graphql, T")], expected: .token(nil)),
    .init(name: "a third protocol", fields: [("Sec-WebSocket-Protocol", "bearer, T, U")], expected: .token(nil)),
    .init(name: "a protocol behind", fields: [("Sec-WebSocket-Protocol", "T, bearer")], expected: .token(nil)),
    .init(
        name: "the same in all places",
        fields: [("Authorization", "Bearer T"), ("Sec-WebSocket-Protocol", "bearer, T")],
        query: "token=T", expected: .token("T")),
    .init(
        name: "header and parameter differ", fields: [("Authorization", "Bearer T")], query: "token=U",
        expected: several),
    .init(
        name: "header and protocol differ",
        fields: [("Authorization", "Bearer T"), ("Sec-WebSocket-Protocol", "bearer, U")],
        expected: several),
    .init(
        name: "protocol and parameter differ", fields: [("Sec-WebSocket-Protocol", "bearer, U")], query: "token=T",
        expected: several),
    .init(
        name: "texts that only look equal", fields: [("Authorization", "Bearer \u{E9}")], query: "token=e%CC%81",
        expected: several),
    .init(name: "a cookie", fields: [origin, ("Cookie", "a=1; auth=T ;b=2")], expected: .token("T")),
    .init(name: "a quoted cookie", fields: [origin, ("Cookie", "auth=\"T\"")], expected: .token("T")),
    .init(name: "a cookie with equals signs", fields: [origin, ("Cookie", "auth=T==")], expected: .token("T==")),
    .init(name: "a cookie without Origin", fields: [("Cookie", "auth=T")], expected: .token(nil)),
    .init(name: "an empty cookie", fields: [origin, ("Cookie", "auth=")], expected: .token(nil)),
    .init(
        name: "cookies that are none", fields: [origin, ("Cookie", "auth; ;=T;AUTH=T;xauth=T")], expected: .token(nil)),
    .init(
        name: "two cookies", fields: [origin, ("Cookie", "auth=T; auth=U")],
        expected: .refused("several cookies with a token")),
    .init(
        name: "a cookie in two fields", fields: [origin, ("Cookie", "auth=T"), ("Cookie", "auth=T")],
        expected: .refused("several cookies with a token")),
    .init(
        name: "another place goes before a cookie", fields: [origin, ("Cookie", "auth=T; auth=V")], query: "token=U",
        expected: .token("U")),
]

@Suite struct CredentialsTests {
    private func credentials(
        _ fields: [(String, String)], query: String = "", tokenCookie: String? = "auth"
    ) throws -> Credentials {
        try Credentials(
            headers: HTTPHeaders(fields), query: try #require(QueryParameters(query)), tokenCookie: tokenCookie,
            remoteAddress: "10.0.0.7")
    }

    @Test(arguments: cases)
    func `a request shows one token or none`(request: CredentialsCase) throws {
        let outcome: CredentialsCase.Outcome
        do {
            outcome = .token(try credentials(request.fields, query: request.query).token)
        } catch let error as AuthenticationError {
            outcome = .refused(error.message)
        }
        #expect(outcome == request.expected)
    }

    @Test func `without a name for it no cookie holds a token`() throws {
        #expect(try credentials([origin, ("Cookie", "auth=T")], tokenCookie: nil).token == nil)
    }

    @Test func `header fields are passed on, cookies only with an Origin`() throws {
        let fields = [("X-Api-Key", "K"), ("COOKIE", "a=1")]
        #expect(try credentials(fields).headers.map(\.name) == ["x-api-key"])
        let passedOn = try credentials(fields + [origin])
        #expect(passedOn.headers.map(\.name) == ["x-api-key", "cookie", "origin"])
        #expect(passedOn.headers.map(\.value) == ["K", "a=1", "https://app.example.com"])
        #expect(passedOn.remoteAddress == "10.0.0.7")
    }

    @Test(arguments: [("bearer, T", "bearer"), ("bearer", nil), ("T", nil), ("bearer, T, U", nil), ("Bearer, T", nil)])
    func `only the name of a protocol with a token is answered`(offered: String, answered: String?) {
        #expect(BearerProtocol.answer(to: ["Sec-WebSocket-Protocol": offered]) == answered)
    }
}
