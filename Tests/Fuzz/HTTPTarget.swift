import NIOHTTP1
import PulseServer

/// A request: its target in the first line, header fields in the others.
struct HTTPTarget: FuzzTarget {
    static func seeds(from conversations: [[UInt8]]) -> [[UInt8]] {
        [
            """
            /ws/sync/?token=a%20b&client=x+y
            host: a.example
            upgrade: websocket
            connection: keep-alive, Upgrade
            sec-websocket-version: 13
            sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==
            origin: https://a.example
            sec-websocket-extensions: permessage-deflate; client_max_window_bits; server_max_window_bits="12", x
            sec-websocket-protocol: bearer, abc
            authorization: Bearer abc
            cookie: session=abc; a=b
            x-forwarded-for: 192.0.2.1, [2001:db8::1]:4711
            x-forwarded-proto: https
            """,
            "/\nhost: a\nforwarded: for=\"[2001:db8::1]:4711\";proto=https, for=192.0.2.1\ncontent-length: 5",
        ].map { Array($0.utf8) }
    }

    private let rules = HandshakeRules(
        endpoints: [WebSocketEndpoint(path: "/ws/sync/") { _ in fatalError("Nobody connects.") }],
        origins: OriginRule(), maximumBodyBytes: 1_024)

    func run(_ input: UnsafeRawBufferPointer) {
        let lines = String(decoding: input, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1].drop { $0 == " " })) : nil
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: String(lines[0]), headers: HTTPHeaders(fields))
        if case .upgrade(_, let target, let key) = rules.judge(head) {
            require(head.headers["sec-websocket-key"].count == 1, "There is another number of keys than one.")
            require(key.utf8.count == 28, "The answer to the key is no digest.")
            require(target.path.utf8.starts(with: "/ws/sync".utf8), "This is no endpoint.")
        }
        _ = ForwardedHop.all(in: head.headers)
        _ = ForwardedHop.scheme(in: head.headers)
        _ = BearerProtocol.token(in: head.headers)
        for (_, value) in fields {
            if let address = IPAddress(value) {
                require(IPAddress("\(address)") == address, "The address is written as another.")
            }
        }
        if let offer = DeflateOffer(firstAcceptableIn: head.headers["sec-websocket-extensions"]) {
            require(DeflateOffer(firstAcceptableIn: [offer.answer]) == offer, "The answer is no offer.")
        }
    }
}
