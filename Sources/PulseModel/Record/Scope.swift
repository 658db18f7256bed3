/// Whose a record is: those who may read it, and on whose channel its changes travel.
public enum Scope: Hashable, Sendable {
    /// Every authenticated user.
    case global
    /// One user, on all of that user's devices.
    case user(UserID)
    /// All users who carry the group's claim.
    case group(GroupID)

    /// The scope as one unambiguous text, for stores and buses: `*`, `u:USER` or `g:CLAIM=VALUE`.
    public var key: String {
        switch self {
        case .global: "*"
        case .user(let user): "u:\(user.text)"
        case .group(let group): "g:\(group.claim.text)=\(group.value.text)"
        }
    }

    /// The scope that ``key`` stands for.
    public init?(key: String) {
        // By scalars: to a String, ":" and a combining mark behind it are one character, which is not ":".
        let scalars = key.unicodeScalars
        if scalars.elementsEqual("*".unicodeScalars) {
            self = .global
        } else if scalars.starts(with: "u:".unicodeScalars) {
            guard let user = UserID(String(scalars.dropFirst(2))) else { return nil }
            self = .user(user)
        } else if scalars.starts(with: "g:".unicodeScalars) {
            // A claim's name has no "=" in it, so the first one ends it.
            let parts = scalars.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let claim = ClaimName(String(parts[0])), let value = GroupName(String(parts[1]))
            else { return nil }
            self = .group(GroupID(claim: claim, value: value))
        } else {
            return nil
        }
    }
}
