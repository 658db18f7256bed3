import PulseBench
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("ws://127.0.0.1:8080/ws/pulse/sync/", Endpoint.standard),
        ("ws://h", Endpoint(host: "h", port: 80, target: "/")),
        ("ws://h:9?a=b#c", Endpoint(host: "h", port: 9, target: "/?a=b")),
        ("ws://[::1]:9/x", Endpoint(host: "::1", port: 9, target: "/x")),
        ("http://h:9/api/sync", Endpoint(host: "h", port: 9, target: "/api/sync", isHTTP: true)),
        ("wss://h/x", Endpoint(host: "h", port: 443, target: "/x", isEncrypted: true)),
        ("https://h:9", Endpoint(host: "h", port: 9, target: "/", isHTTP: true, isEncrypted: true)),
    ])
    func `an address is split`(text: String, endpoint: Endpoint) throws {
        #expect(try Endpoint(parsing: text) == endpoint)
    }

    @Test(arguments: [
        "ftp://h", "wss:/h", "ws://", "ws://h:", "ws://h:0", "ws://h:x", "ws://[::1", "ws://a b", "ws://u@h",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: BenchError.self) { try Endpoint(parsing: text) }
    }

    @Test func `a token is percent-encoded behind what the query has`() {
        #expect(Endpoint.standard.target(token: "a b&ü") == "/ws/pulse/sync/?token=a%20b%26%C3%BC")
        #expect(Endpoint(host: "h", port: 1, target: "/?x=1").target(token: "u-1") == "/?x=1&token=u-1")
    }

    @Test func `connections beyond one address's ports leave from another`() throws {
        #expect(try Client.source(of: 0) == nil)
        #expect(try Client.source(of: Client.connectionsPerSource - 1) == nil)
        #expect(try Client.source(of: Client.connectionsPerSource)?.ipAddress == "127.0.0.2")
        #expect(try Client.source(of: Client.connectionsPerSource * 2)?.ipAddress == "127.0.0.3")
        #expect(try Client.source(of: Client.connectionsPerSource * 250)?.ipAddress == "127.0.1.1")
    }

    @Test(arguments: [
        ("ws://h/ws/pulse/sync/", "/sync"), ("http://h", "/sync"), ("http://h/", "/sync"), ("http://h/api/", "/api"),
        ("http://h/api/v1", "/api/v1"),
    ])
    func `the HTTP API is where an http address says, or beside the sockets`(text: String, path: String) throws {
        #expect(try Endpoint(parsing: text).syncPath == path)
    }

    @Test func `what is told of an address leaves its query out`() throws {
        #expect(try Endpoint(parsing: "ws://h/x?token=secret").url == "ws://h:80/x")
    }
}
