import Foundation

/// Where a Redis is, and how to log in there.
public struct RedisAddress: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        case tcp(host: String, port: Int)
        /// A socket in the file system.
        case unix(path: String)
    }

    public let place: Place
    public let user: String?
    public let password: String?
    public let database: Int
    /// Whether the place is a node of a Redis Cluster: then pub/sub is sharded, and another node may say where to go.
    public let isCluster: Bool

    /// What an address looks like, for messages to whoever wrote a wrong one.
    public static let forms =
        "redis://[[user]:password@]host[:port][/database], redis-cluster://[[user]:password@]host[:port] or "
        + "unix://[[user]:password@]/path[?db=N]"

    /// Reads one of the ``forms``, user and password percent-encoded.
    ///
    /// - Returns: nil for anything else.
    public init?(_ text: String) {
        guard !text.utf8.contains(0), let parts = URLComponents(string: text) else { return nil }
        guard parts.fragment == nil else { return nil }
        isCluster = parts.scheme == "redis-cluster"
        switch parts.scheme {
        case "redis", "redis-cluster":
            guard var host = parts.host, !host.isEmpty, parts.query == nil else { return nil }
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            let port = parts.port ?? 6379
            guard (1...65_535).contains(port) else { return nil }
            place = .tcp(host: host, port: port)
            let path = parts.path.drop { $0 == "/" }
            guard let database = path.isEmpty ? 0 : Int(path), database == 0 || !isCluster else { return nil }
            self.database = database
        case "unix":
            guard parts.host ?? "" == "", parts.port == nil, !parts.path.isEmpty else { return nil }
            place = .unix(path: parts.path)
            let items = parts.queryItems ?? []
            guard items.allSatisfy({ $0.name == "db" }), items.count <= 1,
                let database = items.isEmpty ? 0 : Int(items[0].value ?? "")
            else { return nil }
            self.database = database
        default:
            return nil
        }
        guard (0...1_000_000).contains(database) else { return nil }
        password = parts.password
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        if user != nil, password == nil { return nil }
    }
}

extension RedisAddress: CustomStringConvertible {
    /// The address without user and password.
    public var description: String {
        switch place {
        case .tcp(let host, let port) where isCluster:
            "redis-cluster://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .tcp(let host, let port): "redis://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
        case .unix(let path): "unix://\(path)" + (database == 0 ? "" : "?db=\(database)")
        }
    }
}
