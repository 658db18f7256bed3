import PulseModel

/// What an operator has decided of a user, as the log has it: the newest decision counts.
public struct Revocation: Sendable, Hashable {
    public let user: UserID
    /// When the user's connections were last to be ended; nil where nobody is to be sent away.
    public let kicked: Timestamp?
    /// Credentials made up to then are not accepted; nil where all are.
    public let revoked: Timestamp?

    public init(user: UserID, kicked: Timestamp?, revoked: Timestamp? = nil) {
        self.user = user
        self.kicked = kicked
        self.revoked = revoked
    }

    /// Whether it takes back what an identity was authenticated by.
    ///
    /// Credentials that do not say when they were made may be from before, so they are taken back, too.
    public func covers(_ identity: Identity) -> Bool {
        guard identity.user == user, let revoked else { return false }
        return identity.issued.map { $0 <= revoked } ?? true
    }

    /// Whether it ends connections whatever credentials they showed. A revocation leaves alone who has logged in anew.
    public var isKickOfAll: Bool { kicked != nil && kicked != revoked }
}

extension Revocation {
    /// Reads a record of ``Model/revocation``; nil where it is none that this version has written.
    init?(_ record: Record) {
        let values = Model.revocation.fields.map { field in
            try? JSONValue.parse(record.fields.storedValue(of: field), limits: JSONLimits(maximumDepth: 1))
        }
        guard case .string(let text)? = values[0], let user = UserID(text) else { return nil }
        self.init(user: user, kicked: Timestamp(values[1]), revoked: Timestamp(values[2]))
    }

    /// The id of the user's one record: made of the name, as RFC 9562 says for version 5.
    static func syncID(of user: UserID) -> SyncID {
        SyncID(naming: "pulse_revocation \(user.text)")
    }
}

extension Timestamp {
    fileprivate init?(_ value: JSONValue?) {
        guard case .int(let microseconds)? = value else { return nil }
        self.init(microseconds: microseconds)
    }
}
