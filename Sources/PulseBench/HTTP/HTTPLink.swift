import NIOCore
import NIOHTTP1

/// The sending side of one HTTP connection, with the head that all its requests share. Used on its event loop.
struct HTTPLink: Sendable {
    let channel: any Channel
    private let path: String
    private let headers: HTTPHeaders

    init(channel: any Channel, endpoint: Endpoint, token: String) {
        self.channel = channel
        path = endpoint.syncPath
        headers = [
            "Host": endpoint.authority, "Authorization": "Bearer \(token)", "Content-Type": "application/json",
        ]
    }

    /// Writes a request, without flushing it.
    func get(_ target: String) {
        send(.GET, target, headers, nil)
    }

    /// Likewise.
    func post(_ target: String, _ body: ByteBuffer) {
        var headers = headers
        headers.add(name: "Content-Length", value: String(body.readableBytes))
        send(.POST, target, headers, body)
    }

    private func send(_ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders, _ body: ByteBuffer?) {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path + target, headers: headers)
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if let body { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
        channel.write(HTTPClientRequestPart.end(nil), promise: nil)
    }

    func flush() {
        channel.flush()
    }
}
