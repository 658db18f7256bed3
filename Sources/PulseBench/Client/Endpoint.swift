/// The address of a server, split into what requests to it need.
package struct Endpoint: Equatable, Sendable {
    package var host: String
    package var port: Int
    /// Path and query, as they are sent.
    package var target: String
    /// `http` and not `ws`: then the target is where the paths of the HTTP API begin.
    package var isHTTP: Bool
    /// `wss` or `https`: behind TLS.
    package var isEncrypted: Bool
    /// The port of this machine through which all connections go; nil where they go straight.
    package var proxyPort: Int?

    package static let standard = Endpoint(host: "127.0.0.1", port: 8080, target: "/ws/pulse/sync/")

    package init(host: String, port: Int, target: String, isHTTP: Bool = false, isEncrypted: Bool = false) {
        self.host = host
        self.port = port
        self.target = target
        self.isHTTP = isHTTP
        self.isEncrypted = isEncrypted
    }

    /// - Throws: `BenchError` when `text` is not a URL of `ws`, `wss`, `http` or `https` with a host.
    package init(parsing text: String) throws {
        func refuse(_ why: String) -> BenchError { BenchError(.badURL, "\"\(text)\" cannot be used: \(why).") }
        guard let scheme = ["ws://", "wss://", "http://", "https://"].first(where: text.hasPrefix) else {
            throw refuse("it must begin with ws://, wss://, http:// or https://")
        }
        isHTTP = scheme.hasPrefix("http")
        isEncrypted = scheme == "wss://" || scheme == "https://"
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw refuse("it must be printable ASCII") }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest[authority.endIndex...].prefix { $0 != "#" }
        guard !authority.contains("@") else { throw refuse("it must not hold a user") }
        var portText: Substring? = nil
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw refuse("its [ is not closed") }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw refuse("its host is not understood") }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = String(authority[..<colon])
            portText = authority[authority.index(after: colon)...]
        } else {
            host = String(authority)
        }
        guard !host.isEmpty else { throw refuse("it has no host") }
        if let portText {
            guard let number = UInt16(portText), number > 0 else { throw refuse("its port is not 1…65535") }
            port = Int(number)
        } else {
            port = isEncrypted ? 443 : 80
        }
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
    }

    /// The request target that carries a user's token, percent-encoded.
    package func target(token: String) -> String {
        var encoded = ""
        for byte in token.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return target + (target.contains("?") ? "&" : "?") + "token=" + encoded
    }

    /// Where the paths of the HTTP API begin: `/sync`, unless an `http://` address says otherwise.
    package var syncPath: String {
        guard isHTTP, target != "/" else { return "/sync" }
        return target.hasSuffix("/") ? String(target.dropLast()) : target
    }

    /// The address as it was given, but for a query, which may hold a secret.
    package var url: String {
        (isHTTP ? "http" : "ws") + (isEncrypted ? "s://" : "://") + authority + target.prefix { $0 != "?" }
    }

    /// Where connections go to.
    package var hop: (host: String, port: Int) { proxyPort.map { ("127.0.0.1", $0) } ?? (host, port) }

    /// The `Host` header.
    package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// Whether the server is on this machine's 127.0.0.0/8, where every address is also ours to connect from.
    package var isLoopback: Bool { host == "localhost" || host.hasPrefix("127.") }
}
