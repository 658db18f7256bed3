import NIOHTTP1

/// The subprotocol that carries a token, for clients that can set no header field: browsers above all.
///
///     new WebSocket(url, ["bearer", token])
package enum BearerProtocol {
    private static let name = "bearer"

    /// The token; nil where the client offers anything but `bearer` and one name behind it.
    package static func token(in headers: HTTPHeaders) -> String? {
        let offered = headers[canonicalForm: "sec-websocket-protocol"]
        guard offered.count == 2, offered[0] == name, !offered[1].isEmpty else { return nil }
        return String(offered[1])
    }

    /// What the 101 names: browsers give up where none of the names that they offer is taken. Never the token.
    package static func answer(to headers: HTTPHeaders) -> String? {
        token(in: headers) == nil ? nil : name
    }
}
