import PulseModel

/// Where in a token's claims a value stands: `sub`, or `realm_access.roles` for a member of a member. Names that have
/// dots themselves, such as `https://shop.example/team`, are found too; the longer name goes first.
public struct ClaimPath: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) {
        description = text
    }

    /// - Returns: nil where nothing stands there; `null` is something.
    func value(in claims: JSONObject) -> JSONValue? {
        Self.value(at: description[...], in: claims)
    }

    private static func value(at path: Substring, in object: JSONObject) -> JSONValue? {
        if let value = object[String(path)] { return value }
        var end = path.endIndex
        while let dot = path[..<end].lastIndex(of: ".") {
            if case .object(let inner)? = object[String(path[..<dot])],
                let value = value(at: path[path.index(after: dot)...], in: inner)
            {
                return value
            }
            end = dot
        }
        return nil
    }
}
