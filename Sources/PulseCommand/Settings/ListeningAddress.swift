/// A host and a port to listen on.
public struct ListeningAddress: Sendable, Hashable {
    /// A name, or an IPv4 or IPv6 address without brackets.
    public let host: String
    /// 0 for any free one.
    public let port: Int

    /// Reads `HOST:PORT`; an IPv6 address stands in brackets.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[colon...].dropFirst()) else { return nil }
        let name = String(text[..<colon])
        guard let host = HostName.bare(name), host != name || !host.contains(":") else { return nil }
        self.host = host
        self.port = Int(port)
    }
}
