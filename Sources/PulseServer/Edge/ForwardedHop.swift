import NIOHTTP1

/// What a proxy says of who came to it. Anybody can write it: it counts only where a trusted proxy did.
package struct ForwardedHop: Equatable, Sendable {
    /// Nil where the proxy does not tell, or in no way that is understood.
    package let address: IPAddress?
    package let scheme: URLScheme?

    /// All that proxies say in a request, the one nearest to the client first: of `X-Forwarded-For`, or where there is
    /// none, of `Forwarded` (RFC 7239).
    package static func all(in headers: HTTPHeaders) -> [ForwardedHop] {
        let list = headers["x-forwarded-for"].joined(separator: ",")
        guard list.isEmpty else {
            return list.split(separator: ",").map { ForwardedHop(address: IPAddress(node: $0.trimmed), scheme: nil) }
        }
        return self.split(headers["forwarded"].joined(separator: ",")[...], at: ",").map(Self.init(forwarded:))
    }

    /// What `X-Forwarded-Proto` says; nil where several proxies say different things.
    package static func scheme(in headers: HTTPHeaders) -> URLScheme? {
        let schemes = headers["x-forwarded-proto"].joined(separator: ",").split(separator: ",")
            .map { URLScheme(proxy: $0.trimmed) }
        guard let first = schemes.first, schemes.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    private init(address: IPAddress?, scheme: URLScheme?) {
        self.address = address
        self.scheme = scheme
    }

    /// An element of `Forwarded`: `for="[2001:db8::1]:4711";proto=https`.
    private init(forwarded element: Substring) {
        var values: [String: Substring] = [:]
        for pair in Self.split(element, at: ";") {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            values[pair[..<equals].lowercased()] = pair[pair.index(after: equals)...].unquoted
        }
        self.address = values["for"].flatMap { IPAddress(node: $0) }
        self.scheme = values["proto"].flatMap(URLScheme.init(proxy:))
    }

    /// Parts between separators that stand in no quotes.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var isQuoted = false
        return text.split {
            if $0 == "\"" { isQuoted.toggle() }
            return $0 == separator && !isQuoted
        }
        .map(\.trimmed)
    }
}

/// How a page or a client reaches the server.
package enum URLScheme: String, Sendable {
    case http
    case https

    /// As proxies say it, some by the WebSocket's scheme.
    init?(proxy text: Substring) {
        switch text.lowercased() {
        case "http", "ws": self = .http
        case "https", "wss": self = .https
        default: return nil
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = self.firstIndex(where: { !isSpace($0) }), let last = self.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return self[first...last]
    }

    /// What stands in the quotes, if it is quoted. An address has nothing in it that would be escaped.
    fileprivate var unquoted: Substring {
        self.count > 1 && self.first == "\"" && self.last == "\"" ? self.dropFirst().dropLast() : self
    }
}
