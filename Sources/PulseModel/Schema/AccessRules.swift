/// Who may read and write a model's records, on top of whose they are: nobody gets beyond their scopes by a rule
/// (protocol section "Tables").
public struct AccessRules: Sendable, Hashable {
    /// Who is sent records. To everybody else there is no such table.
    public var read: AccessRule
    /// Which of the readers may upload.
    public var write: AccessRule

    public init(read: AccessRule = .everyone, write: AccessRule = .everyone) {
        self.read = read
        self.write = write
    }
}

/// Whom something is allowed: whoever meets all conditions of one of several lists.
public struct AccessRule: Sendable, Hashable {
    public enum Condition: Sendable, Hashable {
        case user(UserID)
        /// Carries this group, or a claim that is this value or a list with it. The name is a ``ClaimPath``; text, a
        /// whole number and a truth value are compared as the text that they are written as.
        case claim(String, String)
    }

    public let alternatives: [[Condition]]

    /// - Parameter alternatives: lists of conditions; a list without any is met by everybody.
    public init(_ alternatives: [[Condition]]) {
        self.alternatives = alternatives
    }

    public static let everyone = AccessRule([[]])
    public static let nobody = AccessRule([])

    /// Whoever meets one condition.
    public static func anyone(_ conditions: Condition...) -> AccessRule {
        AccessRule(conditions.map { [$0] })
    }

    public func allows(_ identity: Identity) -> Bool {
        alternatives.contains { $0.allSatisfy { $0.holds(for: identity) } }
    }
}

extension AccessRule.Condition {
    func holds(for identity: Identity) -> Bool {
        switch self {
        case .user(let user): identity.user == user
        case .claim(let name, let value):
            identity.groups.contains { $0.claim.text.hasSameUTF8(as: name) && $0.value.text.hasSameUTF8(as: value) }
                || ClaimPath(name).value(in: identity.claims)?.isOrHas(value) == true
        }
    }
}

extension JSONValue {
    fileprivate func isOrHas(_ value: String) -> Bool {
        if case .array(let elements) = self { return elements.contains { $0.ruleText?.hasSameUTF8(as: value) == true } }
        return ruleText?.hasSameUTF8(as: value) == true
    }

    /// What rules compare; nil for what they cannot be about.
    private var ruleText: String? {
        if case .bool(let flag) = self { flag ? "true" : "false" } else { identifierText }
    }
}
