/// A user, as the authenticator names it.
public struct UserID: TextIdentifier {
    public let text: String

    /// The longest user id, in UTF-8 bytes.
    public static let maximumByteCount = 255

    /// - Returns: nil unless the text has 1 to ``maximumByteCount`` bytes, none of them a control character.
    public init?(_ text: String) {
        guard isUsableName(text, upTo: Self.maximumByteCount) else { return nil }
        self.text = text
    }

    /// The id as a number where its text is one in its shortest form: such ids travel as JSON numbers, as
    /// django-pulse's do.
    public var number: Int64? {
        guard let number = Int64(text), String(number).utf8.elementsEqual(text.utf8) else { return nil }
        return number
    }
}

/// A device or an installation of an app, as it calls itself, the same whenever it connects (protocol section
/// "Connecting"). It proves nothing: only uploads are told apart by it.
public struct ClientID: TextIdentifier {
    public let text: String

    /// - Returns: nil unless the text has 1 to 64 bytes, none of them a control character.
    public init?(_ text: String) {
        guard isUsableName(text, upTo: 64) else { return nil }
        self.text = text
    }
}

/// A group of users that share records: a claim's name and one of its values, as in `team = 7`.
public struct GroupID: Hashable, Sendable {
    public let claim: ClaimName
    public let value: GroupName

    public init(claim: ClaimName, value: GroupName) {
        self.claim = claim
        self.value = value
    }
}

/// The value of a claim that a group shares, under the same rules as ``UserID``.
public struct GroupName: TextIdentifier {
    public let text: String

    public init?(_ text: String) {
        guard isUsableName(text, upTo: UserID.maximumByteCount) else { return nil }
        self.text = text
    }
}

/// The name of a claim that groups come from: an identifier of ASCII letters, digits and underscores.
public struct ClaimName: TextIdentifier {
    public let text: String

    public init?(_ text: String) {
        guard isIdentifier(text) else { return nil }
        self.text = text
    }
}

/// Who a connection speaks for: what an authenticator found out, never what a client says of itself.
public struct Identity: Sendable, Equatable {
    public let user: UserID
    /// Each group once.
    public private(set) var groups: [GroupID]
    /// What else the authenticator found out, for rules and hooks to decide by: the claims of a token, say.
    public let claims: [String: JSONValue]
    /// Who really acts, where it is not the user: support staff, another service. For the log alone.
    public let actor: String?
    /// When the credentials were made; nil where they do not say. A user's revocation ends what was made before it, and
    /// what does not say.
    public let issued: Timestamp?
    /// When the credentials end; nil for never.
    public let expires: Timestamp?

    /// The device, where it says which it is.
    public private(set) var client: ClientID?
    /// Models that it may not access, whatever their scope.
    public private(set) var withheld: Set<ModelName> = []
    /// Models whose records it is sent, and may not write.
    public private(set) var readOnly: Set<ModelName> = []

    public init(
        user: UserID, groups: [GroupID] = [], claims: [String: JSONValue] = [:], actor: String? = nil,
        issued: Timestamp? = nil, expires: Timestamp? = nil
    ) {
        var seen: Set<GroupID> = []
        self.user = user
        self.groups = groups.filter { seen.insert($0).inserted }
        self.claims = claims
        self.actor = actor
        self.issued = issued
        self.expires = expires
    }

    /// The same on a certain device.
    package func on(_ client: ClientID?) -> Identity {
        var identity = self
        identity.client = client
        return identity
    }

    /// The same as it reads some models only.
    ///
    /// - Parameter scopeID: the name of the user, or the value of the groups, to whose records it is confined beside those
    ///   of the global scope; nil for all that it may read.
    package func reading(_ models: [Model], scopeID: String?, of schema: Schema) -> Identity {
        let isOther = { (text: String) in scopeID.map { !$0.utf8.elementsEqual(text.utf8) } ?? false }
        let read = models.filter { $0.audience != .user || !isOther(user.text) }.map(\.name)
        var identity = withholding(Set(schema.models.map(\.name)).subtracting(read))
        identity.groups.removeAll { isOther($0.value.text) }
        return identity
    }

    /// The same with less access.
    package func withholding(_ models: Set<ModelName>, readOnly: Set<ModelName> = []) -> Identity {
        var identity = self
        identity.withheld.formUnion(models)
        identity.readOnly.formUnion(readOnly)
        return identity
    }
}

/// Ids end up in logs, C strings and keys of stores, so control characters, NUL above all, stay out.
func isUsableName(_ text: String, upTo maximumByteCount: Int) -> Bool {
    !text.isEmpty && text.utf8.count <= maximumByteCount
        && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
}

/// Whether the text is a name that every store, URL and programming language takes as it is.
package func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 63 else { return false }
    let isLetter = { (byte: UInt8) in (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
    return isLetter(first) && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
}
