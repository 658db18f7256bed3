import NIOHTTP1
import PulseServer
import Testing

/// What a peer sends, and whom it must be taken for.
struct ForwardedCase: CustomTestStringConvertible, Sendable {
    var peer = "10.0.0.1"
    var headers: [(String, String)]
    var address: String
    var scheme: URLScheme?
    var testDescription: String { "\(self.peer) \(self.headers) → \(self.address)" }

    init(
        peer: String = "10.0.0.1", _ headers: [(String, String)], is address: String, by scheme: URLScheme? = nil
    ) {
        self.peer = peer
        self.headers = headers
        self.address = address
        self.scheme = scheme
    }
}

private let xff = "X-Forwarded-For"
private let proto = "X-Forwarded-Proto"

private let cases: [ForwardedCase] = [
    .init([], is: "10.0.0.1"),
    .init([(xff, "192.0.2.1")], is: "192.0.2.1"),
    .init([(xff, " 192.0.2.1:5555\t")], is: "192.0.2.1"),
    .init([(xff, "[2001:db8::1]:443")], is: "2001:db8::1"),
    .init([(xff, "2001:db8::1")], is: "2001:db8::1"),
    // Who is not trusted says nothing.
    .init(peer: "192.0.2.9", [(xff, "192.0.2.1"), (proto, "https")], is: "192.0.2.9"),
    .init(peer: "192.0.2.9", [("Forwarded", "for=192.0.2.1;proto=https")], is: "192.0.2.9"),
    // The client's own words stand to the left of what the proxy adds.
    .init([(xff, "127.0.0.1, 192.0.2.1")], is: "192.0.2.1"),
    .init([(xff, "127.0.0.1"), (xff, "192.0.2.1")], is: "192.0.2.1"),
    .init([(xff, "10.0.0.9, 192.0.2.1")], is: "192.0.2.1"),
    .init([(xff, "evil, , ,192.0.2.1")], is: "192.0.2.1"),
    // Through two proxies, both trusted.
    .init([(xff, "6.6.6.6, 192.0.2.1, 10.0.0.2")], is: "192.0.2.1"),
    .init([(xff, "10.0.0.3, 10.0.0.2")], is: "10.0.0.3"),
    // Behind what is no address nobody is looked for.
    .init([(xff, "192.0.2.1, unknown")], is: "10.0.0.1"),
    .init([(xff, "192.0.2.1, unknown, 10.0.0.2")], is: "10.0.0.2"),
    .init([(xff, "192.0.2.1\0")], is: "10.0.0.1"),
    .init([(xff, "[192.0.2.1")], is: "10.0.0.1"),
    .init([(xff, ",,,")], is: "10.0.0.1"),
    .init([(xff, String(repeating: "10.0.0.2,", count: 5_000))], is: "10.0.0.2"),
    .init([(xff, String(repeating: "[", count: 5_000))], is: "10.0.0.1"),
    // The scheme.
    .init([(xff, "192.0.2.1"), (proto, "https")], is: "192.0.2.1", by: .https),
    .init([(xff, "192.0.2.1"), (proto, "HTTP")], is: "192.0.2.1", by: .http),
    .init([(xff, "192.0.2.1"), (proto, "wss")], is: "192.0.2.1", by: .https),
    .init([(proto, "https, https")], is: "10.0.0.1", by: .https),
    .init([(proto, "http, https")], is: "10.0.0.1"),
    .init([(proto, "http"), (proto, "https")], is: "10.0.0.1"),
    .init([(proto, "gopher")], is: "10.0.0.1"),
    .init([(proto, "")], is: "10.0.0.1"),
    // RFC 7239.
    .init([("Forwarded", "for=192.0.2.1;proto=https;by=10.0.0.1")], is: "192.0.2.1", by: .https),
    .init([("Forwarded", "For=\"[2001:db8::1]:4711\"; Proto=http")], is: "2001:db8::1", by: .http),
    .init([("Forwarded", "for=6.6.6.6, for=192.0.2.1")], is: "192.0.2.1"),
    .init([("Forwarded", "for=6.6.6.6"), ("Forwarded", "for=192.0.2.1")], is: "192.0.2.1"),
    .init([("Forwarded", "for=6.6.6.6;by=\",\", for=192.0.2.1, for=10.0.0.2")], is: "192.0.2.1"),
    .init([("Forwarded", "for=_secret")], is: "10.0.0.1"),
    .init([("Forwarded", "for=\"192.0.2.1")], is: "10.0.0.1"),
    .init([("Forwarded", "192.0.2.1")], is: "10.0.0.1"),
    .init([("Forwarded", "=;=;,;\"")], is: "10.0.0.1"),
    .init([("Forwarded", "for=192.0.2.1"), (proto, "https")], is: "192.0.2.1", by: .https),
    // Where both are there, the older one counts, which more proxies write.
    .init([("Forwarded", "for=6.6.6.6"), (xff, "192.0.2.1")], is: "192.0.2.1"),
]

@Suite struct TrustedProxiesTests {
    @Test(arguments: cases)
    func `a request is its client's`(request: ForwardedCase) throws {
        let range = try #require(AddressRange("10.0.0.0/8"))
        let client = TrustedProxies([range]).client(
            behind: IPAddress(request.peer), isSecure: false, headers: HTTPHeaders(request.headers))
        #expect(client.address?.description == request.address)
        #expect(client.scheme == request.scheme)
        #expect(client.isForwarded == (request.address != request.peer))
    }

    @Test func `over TLS the scheme is known, but for a trusted proxy's client`() throws {
        let proxies = TrustedProxies([try #require(AddressRange("10.0.0.1"))])
        let direct = proxies.client(behind: IPAddress("192.0.2.1"), isSecure: true, headers: [:])
        #expect(direct.scheme == .https)
        let proxied = proxies.client(behind: IPAddress("10.0.0.1"), isSecure: true, headers: [proto: "http"])
        #expect(proxied.scheme == .http)
        #expect(proxies.client(behind: nil, isSecure: true, headers: [xff: "192.0.2.1"]).address == nil)
    }

    @Test func `where the scheme is known an Origin must have it`() {
        let rule = OriginRule()
        #expect(rule.allows(origins: ["https://a.example"], host: "a.example", scheme: .https))
        #expect(!rule.allows(origins: ["http://a.example"], host: "a.example", scheme: .https))
        #expect(!rule.allows(origins: ["https://a.example"], host: "a.example", scheme: .http))
        #expect(rule.allows(origins: ["http://a.example"], host: "a.example", scheme: nil))
    }
}
