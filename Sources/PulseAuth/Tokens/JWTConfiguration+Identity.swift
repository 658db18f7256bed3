package import PulseEngine
package import PulseModel

extension JWTConfiguration {
    /// Who the claims of a verified token speak for. A token must say when it ends.
    ///
    /// - Throws: a refusal that names the claim, not its value.
    package func identity(from claims: JSONObject, at now: Timestamp) throws(AuthenticationError) -> Identity {
        let times = try checkTimes(of: claims, at: now)
        try checkIssuer(of: claims)
        try checkAudience(of: claims)
        try checkScopes(of: claims)
        guard let value = userClaim.value(in: claims) else { throw AuthenticationError("\(userClaim): missing") }
        guard let user = value.identifierText.flatMap(UserID.init) else {
            throw AuthenticationError("\(userClaim): no user id")
        }
        return Identity(
            user: user, groups: try groups(in: claims), claims: try Self.dictionary(of: claims),
            actor: try actor(in: claims), issued: times.issued, expires: times.expires)
    }

    // MARK: What a token must say

    private func checkTimes(
        of claims: JSONObject, at now: Timestamp
    ) throws(AuthenticationError) -> (issued: Timestamp?, expires: Timestamp) {
        let leeway = leeway / .microseconds(1)
        let moment = Double(now.microseconds)
        guard let expires = try Self.time("exp", in: claims) else { throw AuthenticationError("exp: missing") }
        guard moment < Double(expires.microseconds) + leeway else {
            throw AuthenticationError("exp: the token has ended")
        }
        if let begin = try Self.time("nbf", in: claims), Double(begin.microseconds) > moment + leeway {
            throw AuthenticationError("nbf: the token has not begun")
        }
        let issued = try Self.time("iat", in: claims)
        if let issued, Double(issued.microseconds) > moment + leeway {
            throw AuthenticationError("iat: the token was issued in the future")
        }
        // Else a token by a clock that is ahead would seem newer than a revocation that came after it.
        return (issued.map { min($0, now) }, expires)
    }

    private func checkIssuer(of claims: JSONObject) throws(AuthenticationError) {
        guard !issuers.isEmpty else { return }
        guard let issuer = claims["iss"], issuers.contains(where: { issuer == .string($0) }) else {
            throw AuthenticationError("iss: missing, or none that is trusted")
        }
    }

    private func checkAudience(of claims: JSONObject) throws(AuthenticationError) {
        let named: [JSONValue]
        switch claims["aud"] {
        case nil where audiences.isEmpty: return
        case nil: throw AuthenticationError("aud: missing")
        case .array(let elements)?: named = elements
        case let value?: named = [value]
        }
        guard audiences.contains(where: { named.contains(.string($0)) }) else {
            throw AuthenticationError("aud: the token is not meant for this server")
        }
    }

    private func checkScopes(of claims: JSONObject) throws(AuthenticationError) {
        guard !requiredScopes.isEmpty else { return }
        let granted: [JSONValue]
        switch claims["scope"] ?? claims["scp"] {
        case .string(let text)?: granted = text.split(separator: " ").map { .string(String($0)) }
        case .array(let elements)?: granted = elements
        default: granted = []
        }
        if let missing = requiredScopes.first(where: { !granted.contains(.string($0)) }) {
            throw AuthenticationError("scope: '\(missing)' is missing")
        }
    }

    // MARK: What it says of its user

    private func groups(in claims: JSONObject) throws(AuthenticationError) -> [GroupID] {
        var groups: [GroupID] = []
        for claim in groupClaims {
            guard let value = claim.path.value(in: claims), value != .null else { continue }
            guard let named = GroupID.all(in: value, of: claim.name) else {
                throw AuthenticationError("\(claim.path): a value that is no name of a group")
            }
            groups += named
        }
        return groups
    }

    private func actor(in claims: JSONObject) throws(AuthenticationError) -> String? {
        guard let value = actorClaim.value(in: claims) else { return nil }
        guard let actor = value.identifierText.flatMap(UserID.init) else {
            throw AuthenticationError("\(actorClaim): no user id")
        }
        return actor.text
    }

    /// All claims. Swift takes names for one that differ only in how their letters are composed: refused, as names that
    /// are there twice are.
    private static func dictionary(of claims: JSONObject) throws(AuthenticationError) -> [String: JSONValue] {
        var dictionary: [String: JSONValue] = [:]
        for member in claims.members where dictionary.updateValue(member.value, forKey: member.key) != nil {
            throw AuthenticationError("claims: two names that look the same")
        }
        return dictionary
    }

    /// A NumericDate, until the year 9999.
    private static func time(_ name: String, in claims: JSONObject) throws(AuthenticationError) -> Timestamp? {
        let seconds: Double
        switch claims[name] {
        case nil: return nil
        case .int(let number)?: seconds = Double(number)
        case .number(let number)?: seconds = number.double
        default: throw AuthenticationError("\(name): no number")
        }
        guard (0...253_402_300_799).contains(seconds) else { throw AuthenticationError("\(name): no time") }
        return Timestamp(microseconds: Int64(seconds * 1_000_000))
    }
}
