/// Where among the claims of a token or an identity a value stands: `sub`, or `realm_access.roles` for a member of a
/// member. Names that have dots themselves, such as `https://shop.example/team`, are found too; the longer name goes
/// first.
public struct ClaimPath: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) {
        description = text
    }

    /// - Returns: nil where nothing stands there; `null` is something.
    package func value(in claims: JSONObject) -> JSONValue? {
        Self.value(at: description[...]) { claims[$0] }
    }

    /// - Returns: nil where nothing stands there; `null` is something.
    package func value(in claims: [String: JSONValue]) -> JSONValue? {
        Self.value(at: description[...]) { name in
            // A dictionary takes names for one that only look alike.
            claims.index(forKey: name).flatMap { claims[$0].key.hasSameUTF8(as: name) ? claims[$0].value : nil }
        }
    }

    private static func value(at path: Substring, among members: (String) -> JSONValue?) -> JSONValue? {
        if let value = members(String(path)) { return value }
        var end = path.endIndex
        while let dot = path[..<end].lastIndex(of: ".") {
            if case .object(let inner)? = members(String(path[..<dot])),
                let value = value(at: path[path.index(after: dot)...], among: { inner[$0] })
            {
                return value
            }
            end = dot
        }
        return nil
    }
}
