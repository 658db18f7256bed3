import NIOHTTP1

/// What to do with a request, judged by its head alone: RFC 9112 and RFC 6455, section 4.2.1. A pure value.
package struct HandshakeRules: Sendable {
    package enum Verdict: Sendable {
        /// A plain request, for the HTTP routes.
        case http
        /// A handshake in order, at the endpoint with this index; its decision is still to be asked for.
        case upgrade(endpoint: Int, target: RequestTarget, acceptKey: String)
        case refuse(Refusal)
    }

    private let endpoints: [WebSocketEndpoint]
    private let origins: OriginRule
    private let maximumBodyBytes: Int

    package init(endpoints: [WebSocketEndpoint], origins: OriginRule, maximumBodyBytes: Int) {
        self.endpoints = endpoints
        self.origins = origins
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// - Parameters:
    ///   - head: Of HTTP/1.0 or HTTP/1.1: the parser knows no other version.
    ///   - scheme: How the client reaches us; nil where that is not known.
    package func judge(_ head: HTTPRequestHead, scheme: URLScheme? = nil) -> Verdict {
        let hosts = head.headers["host"]
        guard hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0) else {
            return .refuse(Refusal(.badRequest, "Exactly one Host field is needed."))
        }
        guard head.headers.allSatisfy({ Self.isClean($0.name) && Self.isClean($0.value) }) else {
            return .refuse(Refusal(.badRequest, "A header field holds a control character."))
        }
        guard let target = RequestTarget(head.uri) else {
            return .refuse(Refusal(.badRequest, "The request target is malformed."))
        }
        guard let endpoint = self.endpoints.firstIndex(where: { $0.matches(path: target.path) }) else {
            return self.judgePlain(head)
        }
        if let refusal = self.refusal(ofHandshake: head, host: hosts.first ?? "", scheme: scheme) {
            return .refuse(refusal)
        }
        let key = head.headers["sec-websocket-key"].first ?? ""
        return .upgrade(endpoint: endpoint, target: target, acceptKey: HandshakeKey.answer(to: key))
    }

    private func judgePlain(_ head: HTTPRequestHead) -> Verdict {
        if let length = head.headers["content-length"].first {
            guard let bytes = Int(length), bytes >= 0 else {
                return .refuse(Refusal(.badRequest, "Content-Length is malformed."))
            }
            guard bytes <= self.maximumBodyBytes else {
                return .refuse(Refusal(.payloadTooLarge, "The body is longer than \(self.maximumBodyBytes) bytes."))
            }
        }
        return .http
    }

    private func refusal(ofHandshake head: HTTPRequestHead, host: String, scheme: URLScheme?) -> Refusal? {
        let headers = head.headers
        guard head.method == .GET else {
            return Refusal(.methodNotAllowed, "A WebSocket opens with GET.", headers: [("allow", "GET")])
        }
        guard head.version == .http1_1, headers[canonicalForm: "upgrade"].contains(where: { $0.isToken("websocket") })
        else {
            return Refusal(.upgradeRequired, "This is a WebSocket endpoint.", headers: Self.upgradeHeaders)
        }
        guard headers[canonicalForm: "connection"].contains(where: { $0.isToken("upgrade") }) else {
            return Refusal(.badRequest, "Connection does not say Upgrade.")
        }
        guard headers["sec-websocket-version"] == ["13"] else {
            return Refusal(.upgradeRequired, "Only WebSocket version 13 is spoken here.", headers: Self.upgradeHeaders)
        }
        let keys = headers["sec-websocket-key"]
        guard keys.count == 1, HandshakeKey.isValid(keys[0]) else {
            return Refusal(.badRequest, "Exactly one Sec-WebSocket-Key of 16 bytes in base64 is needed.")
        }
        guard headers["transfer-encoding"].isEmpty, headers["content-length"].allSatisfy({ $0 == "0" }) else {
            return Refusal(.badRequest, "A handshake has no body.")
        }
        guard self.origins.allows(origins: headers["origin"], host: host, scheme: scheme) else {
            return Refusal(.forbidden, "This Origin is not allowed.")
        }
        return nil
    }

    private static let upgradeHeaders = [("upgrade", "websocket"), ("sec-websocket-version", "13")]

    private static func isClean(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

extension Substring {
    fileprivate func isToken(_ token: String) -> Bool { self.lowercased() == token }
}
