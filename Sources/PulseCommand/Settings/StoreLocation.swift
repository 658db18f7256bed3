import Foundation

/// Where records are kept.
public enum StoreLocation: Sendable, Hashable {
    /// A SQLite database in the file at `path`.
    case sqlite(path: String)
    /// A MongoDB database. Its URI may hold a password: only ``description`` is ever printed.
    case mongoDB(uri: String)

    /// What is said behind a text that is none.
    package static let complaint = """
        is no store; a store is sqlite:FILE or mongodb://HOST/DATABASE, where an '@' in a password is written as %40
        """

    private static let filePrefix = "sqlite:"

    /// Reads `sqlite:FILE`, `mongodb://…` or `mongodb+srv://…`.
    ///
    /// - Returns: nil, too, for a URI of which it is not certain where its password ends.
    public init?(_ text: String) {
        if text.hasPrefix(Self.filePrefix) {
            let path = text.dropFirst(Self.filePrefix.count)
            guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
            self = .sqlite(path: String(path))
        } else {
            guard Self.address(in: text) != nil else { return nil }
            self = .mongoDB(uri: text)
        }
    }

    /// The location as it is called from any directory, and by whatever link.
    public var absolute: StoreLocation {
        switch self {
        case .sqlite(let path):
            .sqlite(path: URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path)
        case .mongoDB: self
        }
    }

    /// A text that is no location, without what may be a password in it.
    package static func redacted(_ text: String) -> String {
        let isHarmless = !text.lowercased().hasPrefix("mongo") && !text.utf8.contains(UInt8(ascii: "@"))
        return isHarmless ? text : "…"
    }

    /// Scheme, hosts and database of a MongoDB URI.
    private static func address(in uri: String) -> String? {
        // Within ASCII, what looks like one character is one.
        guard uri.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let scheme = ["mongodb://", "mongodb+srv://"].first(where: uri.hasPrefix)
        else { return nil }
        let parts = uri.dropFirst(scheme.count).split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 && !parts[0].contains(where: { "/?#".contains($0) }) else {
            return nil
        }
        let place = parts[parts.count - 1].prefix { $0 != "?" }
        let hosts = place.prefix { $0 != "/" }.split(separator: ",", omittingEmptySubsequences: false)
        guard hosts.allSatisfy(isHost) else { return nil }
        return scheme + place
    }

    /// Whether the text is a host, perhaps with a port: a user and a password look much the same.
    private static func isHost(_ text: Substring) -> Bool {
        guard let colon = text.lastIndex(of: ":"), text.last != "]" else { return !text.isEmpty }
        return colon > text.startIndex && UInt16(text[colon...].dropFirst()) != nil
    }
}

extension StoreLocation: CustomStringConvertible {
    /// The location without user, password and options.
    public var description: String {
        switch self {
        case .sqlite(let path): Self.filePrefix + path
        case .mongoDB(let uri): Self.address(in: uri) ?? "mongodb://…"
        }
    }
}
