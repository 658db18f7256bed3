import NIOCore

/// The opening handshake, as a client writes and reads it (RFC 6455, section 4).
package enum Handshake {
    /// The RFC's own sample nonce. A load driver needs no fresh one, and with a constant the answer is a constant too.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// Bytes of response head beyond which a server is not answering a handshake.
    package static let maximumHeadBytes = 16_384

    package static func request(to endpoint: Endpoint, token: String) -> ByteBuffer {
        ByteBuffer(
            string: """
                GET \(endpoint.target(token: token)) HTTP/1.1\r
                Host: \(endpoint.authority)\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: \(key)\r
                Sec-WebSocket-Version: 13\r
                \r

                """)
    }

    /// The answer of a server that only this client talks to.
    static let answer = ByteBuffer(
        string: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(accept)\r\n\r\n")

    /// How many bytes of `buffer` the server's answer takes; nil while it is incomplete.
    ///
    /// - Throws: `BenchError` with the server's status line when it refused.
    package static func answerLength(in buffer: ByteBuffer) throws(BenchError) -> Int? {
        let view = buffer.readableBytesView
        var end: Int? = nil
        var index = view.startIndex
        while let found = view[index...].firstIndex(of: UInt8(ascii: "\r")), found + 4 <= view.endIndex {
            if view[found..<found + 4].elementsEqual("\r\n\r\n".utf8) {
                end = found + 4
                break
            }
            index = found + 1
        }
        guard let end else {
            guard view.count <= maximumHeadBytes else {
                throw BenchError(.refused, "the server's answer to the handshake has no end")
            }
            return nil
        }
        let head = String(decoding: view[..<end], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let status = lines.first.map(String.init) ?? ""
        let words = status.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1] == "101" else {
            throw BenchError(.refused, "the server refused the connection: \(status.prefix(120))")
        }
        let answers = lines.dropFirst().contains { line in
            guard let colon = line.firstIndex(of: ":") else { return false }
            return line[..<colon].lowercased() == "sec-websocket-accept"
                && line[line.index(after: colon)...].drop { $0 == " " }.hasPrefix(accept)
        }
        guard answers else { throw BenchError(.refused, "the server's Sec-WebSocket-Accept is missing or wrong") }
        return end - view.startIndex
    }
}
