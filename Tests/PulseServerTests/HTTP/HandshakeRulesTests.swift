import NIOHTTP1
import PulseServer
import Testing

/// One request head, as what differs from a perfect handshake, and the status it must get.
struct HandshakeCase: CustomTestStringConvertible, Sendable {
    var name: String
    var status: Int
    var method: HTTPMethod = .GET
    var uri = "/ws/pulse/sync/"
    var version: HTTPVersion = .http1_1
    var without: [String] = []
    var with: [(String, String)] = []
    var testDescription: String { "\(self.name) → \(self.status)" }

    var head: HTTPRequestHead {
        var headers: HTTPHeaders = [
            "Host": "app.example.com", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        ]
        for name in self.without { headers.remove(name: name) }
        for (name, value) in self.with { headers.add(name: name, value: value) }
        return HTTPRequestHead(version: self.version, method: self.method, uri: self.uri, headers: headers)
    }
}

private let key = "Sec-WebSocket-Key"
private let version = "Sec-WebSocket-Version"

private let cases: [HandshakeCase] = [
    .init(name: "a perfect handshake", status: 101),
    .init(name: "without the last slash", status: 101, uri: "/ws/pulse/sync?token=a%20b"),
    .init(
        name: "tokens in lists and other case", status: 101, without: ["Upgrade", "Connection"],
        with: [("upgrade", "h2c, WebSocket"), ("connection", "keep-alive, upgrade")]),
    .init(
        name: "extensions are ignored", status: 101,
        with: [("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=99")]),
    .init(name: "protocols are ignored", status: 101, with: [("Sec-WebSocket-Protocol", "secret")]),
    .init(name: "an empty body", status: 101, with: [("Content-Length", "0")]),
    .init(name: "no key", status: 400, without: [key]),
    .init(name: "two keys", status: 400, with: [(key, "dGhlIHNhbXBsZSBub25jZQ==")]),
    .init(name: "a short key", status: 400, without: [key], with: [(key, "dGhlIHNhbXBsZQ==")]),
    .init(name: "a key that is not base64", status: 400, without: [key], with: [(key, "!!!!!!!!!!!!!!!!!!!!!!==")]),
    .init(name: "version 8", status: 426, without: [version], with: [(version, "8")]),
    .init(name: "no version", status: 426, without: [version]),
    .init(name: "version 13 twice", status: 426, with: [(version, "13")]),
    .init(name: "no Upgrade", status: 426, without: ["Upgrade"]),
    .init(name: "Upgrade: h2c", status: 426, without: ["Upgrade"], with: [("Upgrade", "h2c")]),
    .init(name: "a plain request", status: 426, without: ["Upgrade", "Connection", key, version]),
    .init(name: "no Connection: Upgrade", status: 400, without: ["Connection"]),
    .init(name: "POST", status: 405, method: .POST),
    .init(name: "PUT", status: 405, method: .PUT),
    .init(name: "OPTIONS", status: 405, method: .OPTIONS),
    .init(name: "HTTP/1.0", status: 426, version: .http1_0),
    .init(name: "no Host", status: 400, without: ["Host"]),
    .init(name: "two Hosts", status: 400, with: [("Host", "b")]),
    .init(name: "a body", status: 400, with: [("Content-Length", "5")]),
    .init(name: "a chunked body", status: 400, with: [("Transfer-Encoding", "chunked")]),
    .init(name: "a control character", status: 400, with: [("X-Odd", "a\u{1}b")]),
    .init(name: "the allowed Origin", status: 101, with: [("Origin", "https://web.example.com")]),
    .init(name: "the Origin of the host itself", status: 101, with: [("Origin", "https://app.example.com")]),
    .init(name: "an evil Origin", status: 403, with: [("Origin", "https://evil")]),
    .init(name: "Origin null", status: 403, with: [("Origin", "null")]),
    .init(name: "an Origin with a longer name", status: 403, with: [("Origin", "https://web.example.com.evil")]),
    .init(name: "an Origin with a longer host", status: 403, with: [("Origin", "https://evilweb.example.com")]),
    .init(name: "an Origin of another scheme", status: 403, with: [("Origin", "http://web.example.com")]),
    .init(name: "an Origin of another port", status: 403, with: [("Origin", "https://web.example.com:8443")]),
    .init(name: "an Origin with a path", status: 403, with: [("Origin", "https://web.example.com/x")]),
    .init(name: "an Origin with a user", status: 403, with: [("Origin", "https://a@app.example.com")]),
    .init(
        name: "two Origins", status: 403,
        with: [("Origin", "https://web.example.com"), ("Origin", "https://web.example.com")]),
    .init(
        name: "two Origins in one field", status: 403,
        with: [("Origin", "https://web.example.com, https://web.example.com")]),
    .init(
        name: "Origins as a browser lists redirects", status: 403, with: [("Origin", "https://web.example.com null")]),
    .init(name: "an empty Origin", status: 403, with: [("Origin", "")]),
    .init(name: "an Origin that is a name only", status: 403, with: [("Origin", "web.example.com")]),
    .init(name: "an Origin without a scheme", status: 403, with: [("Origin", "//web.example.com")]),
    .init(name: "an Origin without a host", status: 403, with: [("Origin", "https://")]),
    .init(name: "a file's Origin", status: 403, with: [("Origin", "file://")]),
    .init(name: "an extension's Origin", status: 403, with: [("Origin", "moz-extension://app.example.com")]),
    .init(name: "a WebSocket's scheme", status: 403, with: [("Origin", "wss://app.example.com")]),
    .init(name: "an Origin with the name's dot", status: 403, with: [("Origin", "https://web.example.com.")]),
    .init(name: "an Origin below", status: 403, with: [("Origin", "https://a.web.example.com")]),
    .init(name: "an Origin above", status: 403, with: [("Origin", "https://example.com")]),
    .init(name: "an Origin with the host as user", status: 403, with: [("Origin", "https://web.example.com@evil")]),
    .init(name: "an Origin with the host behind", status: 403, with: [("Origin", "https://evil/web.example.com")]),
    .init(name: "an Origin with the host as fragment", status: 403, with: [("Origin", "https://evil#web.example.com")]),
    .init(name: "an Origin with a backslash", status: 403, with: [("Origin", "https://web.example.com\\.evil")]),
    .init(name: "an Origin with a percent sign", status: 403, with: [("Origin", "https://web.example.com%2eevil")]),
    .init(name: "an Origin with a space", status: 403, with: [("Origin", "https://web.example.com evil")]),
    .init(name: "an Origin that looks the same", status: 403, with: [("Origin", "https://w\u{435}b.example.com")]),
    .init(
        name: "an Origin with the other scheme's port", status: 403, with: [("Origin", "https://web.example.com:80")]),
    .init(name: "an Origin with its scheme's port", status: 101, with: [("Origin", "https://web.example.com:443")]),
    .init(name: "an Origin in other case", status: 101, with: [("Origin", "HTTPS://Web.Example.Com")]),
    .init(name: "a query that is not UTF-8", status: 400, uri: "/ws/pulse/sync/?token=%ff"),
    .init(name: "a cut percent sign", status: 400, uri: "/ws/pulse/sync/?token=%2"),
    .init(name: "an absolute target", status: 400, uri: "http://app.example.com/ws/pulse/sync/"),
    .init(name: "another path", status: 200, uri: "/healthz"),
    .init(name: "an encoded spelling of the path", status: 200, uri: "/ws/pulse/%73ync/"),
    .init(name: "a path with dots", status: 200, uri: "/ws/../ws/pulse/sync/"),
    .init(name: "a long plain body", status: 413, method: .POST, uri: "/x", with: [("Content-Length", "1001")]),
    .init(name: "a negative length", status: 400, method: .POST, uri: "/x", with: [("Content-Length", "-1")]),
]

@Suite struct HandshakeRulesTests {
    private let rules = HandshakeRules(
        endpoints: [WebSocketEndpoint(path: "/ws/pulse/sync/") { _ in .refuse(status: .notFound, reason: "") }],
        origins: OriginRule(allowed: ["https://web.example.com"]), maximumBodyBytes: 1000)

    @Test(arguments: cases)
    func `a request head gets its status`(request: HandshakeCase) {
        switch self.rules.judge(request.head) {
        case .http: #expect(request.status == 200)
        case .upgrade: #expect(request.status == 101)
        case .refuse(let refusal): #expect(Int(refusal.status.code) == request.status)
        }
    }

    @Test func `the answer to a key is the one of the RFC`() {
        #expect(HandshakeKey.answer(to: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `426 names the protocol and its version`() {
        let request = HandshakeCase(name: "", status: 426, without: ["Upgrade"])
        guard case .refuse(let refusal) = self.rules.judge(request.head) else {
            Issue.record("not refused")
            return
        }
        let headers = HTTPHeaders(refusal.headers)
        #expect(headers["upgrade"] == ["websocket"])
        #expect(headers["sec-websocket-version"] == ["13"])
    }

    @Test func `an Origin is compared without its scheme's own port`() {
        let rule = OriginRule()
        #expect(rule.allows(origins: ["http://Phone.local:8000"], host: "phone.local:8000"))
        #expect(rule.allows(origins: ["https://phone.local"], host: "phone.local:443"))
        #expect(!rule.allows(origins: ["http://phone.local"], host: "phone.local:8000"))
        #expect(rule.allows(origins: [], host: "phone.local"))
        #expect(OriginRule.any.allows(origins: ["https://evil"], host: "phone.local"))
    }

    @Test func `query parameters are decoded, and one that is given twice has no value`() throws {
        let target = try #require(RequestTarget("/a?token=a%2Bb+c&x=1&x=2&empty&%C3%A9=%E2%82%AC"))
        #expect(target.path == "/a")
        #expect(target.query["token"] == "a+b c")
        #expect(target.query["x"] == nil)
        #expect(target.query.values(of: "x") == ["1", "2"])
        #expect(target.query["empty"] == "")
        #expect(target.query["é"] == "€")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
    ])
    func `dates read as HTTP wants them`(seconds: Int, text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }
}
