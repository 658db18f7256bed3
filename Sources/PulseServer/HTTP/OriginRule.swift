/// Which web pages may open a WebSocket here, by the Origin their browser states.
///
/// A client that states no Origin is no browser and is allowed, though none of its cookies counts; so is an Origin that
/// names the very host and port of the request, and its scheme where that is known, as React Native's clients do. Every
/// other Origin must be in the list, exactly.
public struct OriginRule: Sendable {
    private let allowed: Set<String>
    private let allowsAny: Bool

    /// - Parameter allowed: Origins as browsers write them: `https://app.example.com`, with a port unless it is the
    ///   scheme's own.
    public init(allowed: Set<String> = []) {
        self.allowed = Set(allowed.map { Origin($0)?.description ?? $0 })
        self.allowsAny = false
    }

    private init(allowsAny: Bool) {
        self.allowed = []
        self.allowsAny = allowsAny
    }

    /// Every page may connect: right only where no cookie authenticates anyone.
    public static let any = Self(allowsAny: true)

    /// - Parameters:
    ///   - origins: All Origin fields of the request.
    ///   - host: Its Host field.
    ///   - scheme: How the client reached us; nil where that is not known.
    package func allows(origins: [String], host: String, scheme: URLScheme? = nil) -> Bool {
        guard let first = origins.first else { return true }
        guard origins.count == 1 else { return false }
        if self.allowsAny { return true }
        guard let origin = Origin(first) else { return false }
        return self.allowed.contains(origin.description)
            || (scheme == nil || origin.scheme == scheme) && origin.authority == origin.normalized(host: host)
    }
}

/// A parsed Origin: scheme, host and port, nothing else.
private struct Origin: CustomStringConvertible {
    let scheme: URLScheme
    /// Host and port, in lower case, without the scheme's own port.
    private(set) var authority = ""

    /// Nil for what is no `http(s)://host[:port]`, such as `null`.
    init?(_ text: String) {
        let text = text.lowercased()
        guard let scheme = [URLScheme.http, .https].first(where: { text.hasPrefix($0.rawValue + "://") }) else {
            return nil
        }
        let rest = text.dropFirst(scheme.rawValue.count + 3)
        guard !rest.isEmpty, rest.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.scheme = scheme
        self.authority = self.normalized(host: String(rest))
    }

    var description: String { "\(self.scheme.rawValue)://\(self.authority)" }

    func normalized(host: String) -> String {
        let host = host.lowercased()
        let ownPort = self.scheme == .https ? ":443" : ":80"
        return host.hasSuffix(ownPort) ? String(host.dropLast(ownPort.count)) : host
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        case UInt8(ascii: "["), UInt8(ascii: "]"): true
        default: false
        }
    }
}
