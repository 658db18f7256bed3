internal import PulseModel

/// The body of an answer that lets a client in.
struct SessionReply {
    let user: UserID
    let groups: [GroupID]
    let claims: [String: JSONValue]
    /// In seconds; nil for never.
    let expiresIn: Int64?

    /// Three centuries, which no sum with the time of day overflows.
    private static let longest: Int64 = 10_000_000_000

    /// Nil where it names nobody.
    init?(_ body: [UInt8]) throws(SessionAnswerFault) {
        let object = try Self.object(in: body)
        switch object["expires_in"] {
        case nil, .null: expiresIn = nil
        case .int(let seconds) where seconds < 1: return nil
        case .int(let seconds): expiresIn = min(seconds, Self.longest)
        default: throw SessionAnswerFault("expires_in is no whole number of seconds")
        }
        switch object["user_id"] {
        case .null: return nil
        case let value:
            guard let user = value?.identifierText.flatMap(UserID.init) else {
                throw SessionAnswerFault("user_id is missing, or no string or integer that is an id")
            }
            self.user = user
        }
        groups = try Self.groups(object["groups"])
        claims = try Self.claims(object["claims"])
    }

    private static func object(in body: [UInt8]) throws(SessionAnswerFault) -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue.parse(body)
        } catch {
            throw SessionAnswerFault("no JSON at byte \(error.byteOffset)")
        }
        guard value.firstFault == nil else { throw SessionAnswerFault("a key stands twice, or a text is no Unicode") }
        guard case .object(let object) = value else { throw SessionAnswerFault("no object") }
        return object
    }

    private static func groups(_ value: JSONValue?) throws(SessionAnswerFault) -> [GroupID] {
        guard let members = try members(of: value, "groups") else { return [] }
        var groups: [GroupID] = []
        for member in members {
            guard let claim = ClaimName(member.key) else { throw SessionAnswerFault("a key of groups is no claim") }
            guard let named = GroupID.all(in: member.value, of: claim) else {
                throw SessionAnswerFault("groups.\(claim) has a value that is no name of a group")
            }
            groups += named
        }
        return groups
    }

    private static func claims(_ value: JSONValue?) throws(SessionAnswerFault) -> [String: JSONValue] {
        let members = try members(of: value, "claims") ?? []
        // Two spellings of one text are one key in Swift, though not in JSON.
        return Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private static func members(
        of value: JSONValue?, _ name: String
    ) throws(SessionAnswerFault) -> [JSONObject.Member]? {
        switch value {
        case nil, .null: return nil
        case .object(let object): return object.members
        default: throw SessionAnswerFault("\(name) is no object")
        }
    }
}

/// Why an answer is not understood. The message holds nothing of its values.
struct SessionAnswerFault: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
