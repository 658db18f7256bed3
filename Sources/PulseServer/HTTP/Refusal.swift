import Foundation
import NIOCore
import NIOHTTP1

/// An answer after which the connection is closed.
package struct Refusal: Sendable {
    package let status: HTTPResponseStatus
    package let reason: String
    package let headers: [(String, String)]

    package init(_ status: HTTPResponseStatus, _ reason: String, headers: [(String, String)] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    /// - Parameter seconds: When it may be tried again.
    package init(_ status: HTTPResponseStatus, _ reason: String, retryAfter seconds: Int) {
        self.init(status, reason, headers: [("retry-after", String(seconds))])
    }

    /// What a request gets that the parser did not understand.
    init(parserError error: any Error) {
        if case .headerOverflow? = error as? HTTPParserError {
            self.init(.requestHeaderFieldsTooLarge, "The request head is too long.")
        } else {
            self.init(.badRequest, "The request is malformed.")
        }
    }

    /// The response, dated now.
    var response: (head: HTTPResponseHead, body: ByteBuffer) {
        let body = ByteBuffer(string: self.reason + "\n")
        var headers = HTTPHeaders(self.headers)
        headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        headers.add(name: "content-length", value: String(body.readableBytes))
        headers.add(name: "connection", value: self.status == .upgradeRequired ? "upgrade, close" : "close")
        headers.add(
            name: "date", value: HTTPDate.text(secondsSince1970: Int(Date().timeIntervalSince1970)))
        return (HTTPResponseHead(version: .http1_1, status: self.status, headers: headers), body)
    }
}
