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
        /// Carries this group, or a claim that is this value or a list with it. The name is that of a claim, or a path
        /// of names with dots between them; text, a whole number and a truth value are compared as the text that they
        /// are written as.
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
            identity.groups.contains { $0.claim.text.isExactly(name) && $0.value.text.isExactly(value) }
                || identity.claim(name)?.isOrHas(value) == true
        }
    }
}

extension Identity {
    /// A claim by its name, or by a path of names with dots between them. A claim that has just this name goes before
    /// a path, for names may be URLs.
    package func claim(_ name: String) -> JSONValue? {
        if let index = claims.index(forKey: name), claims[index].key.isExactly(name) { return claims[index].value }
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count > 1, let root = claims[path[0]] else { return nil }
        return path.dropFirst().reduce(root) { value, name in
            if case .object(let object)? = value { object[name] } else { nil }
        }
    }
}

extension JSONValue {
    fileprivate func isOrHas(_ value: String) -> Bool {
        if case .array(let elements) = self { return elements.contains { $0.ruleText?.isExactly(value) == true } }
        return ruleText?.isExactly(value) == true
    }

    /// What rules compare; nil for what they cannot be about.
    private var ruleText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .null, .number, .invalidString, .oversized, .array, .object: nil
        }
    }
}

extension String {
    /// Whether it has the same bytes. To Swift texts are equal that only look alike, and who may choose names may choose
    /// such ones.
    fileprivate func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
