import PulseModel

/// What a client of the HTTP API's stream can say.
public enum StreamMessage: Sendable {
    case subscribe(StreamSubscription)
    case auth(Auth)
    /// A type that nothing is known of.
    case unknown

    /// Reads one text message.
    ///
    /// - Throws: ``WireError`` when it cannot be understood.
    public static func decode(_ bytes: UnsafeRawBufferPointer, limits: WireLimits) throws(WireError) -> StreamMessage {
        let (type, object) = try JSONObject.message(in: bytes, limits: limits)
        switch type {
        case "subscribe": return .subscribe(try StreamSubscription(object))
        case "auth": return .auth(try Auth(object))
        default: return .unknown
        }
    }
}

/// `subscribe`: what a client wants to be sent, and from where on.
public struct StreamSubscription: Sendable {
    public let since: HybridTime
    /// The names of collections; none for all.
    public let collections: [String]
    /// What it shows for itself; nil where the handshake did. A secret: not for logs.
    public let token: String?
    /// The user or the group to whose documents it is confined; nil for all that it may read.
    public let scopeID: String?

    /// Names that are looked for one by one.
    private static let maximumCollections = 1_000

    init(_ object: JSONObject) throws(WireError) {
        guard let text = try object.text("since") else { throw WireError(.badField, "since: is required.") }
        guard let since = HybridTime(text) else {
            throw WireError(.badField, "since: Invalid HLC value: \(text.excerpt(maximumByteCount: 64))")
        }
        self.since = since
        collections = try Self.names(object["collections"])
        token = try object.text("token") == nil ? nil : Auth(object).token
        scopeID = try object.text("scope_id")
    }

    private static func names(_ value: JSONValue?) throws(WireError) -> [String] {
        let elements: [JSONValue]
        switch value {
        case nil, .null?: elements = []
        case .array(let array)? where array.count <= maximumCollections: elements = array
        default: throw WireError(.badField, "collections: must be an array of at most \(maximumCollections) strings.")
        }
        var names: [String] = []
        for element in elements {
            guard case .string(let name) = element else {
                throw WireError(.badField, "collections: must be an array of strings.")
            }
            names.append(name)
        }
        return names
    }
}

extension JSONObject {
    /// A text; nil where it is null or missing.
    fileprivate func text(_ name: String) throws(WireError) -> String? {
        switch self[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw WireError(.badField, "\(name): must be a string.")
        }
    }
}
