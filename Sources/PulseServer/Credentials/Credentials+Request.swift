import NIOHTTP1
import PulseEngine

extension Credentials {
    /// What a request shows (protocol section "Connecting").
    ///
    /// The one token may stand in several places. A cookie holds it only where no other place does, as browsers send
    /// cookies by themselves; for the same reason no cookie counts, or is passed on, without an Origin, which has been
    /// judged before.
    ///
    /// - Parameter tokenCookie: the cookie that may hold the token; nil for none.
    /// - Throws: ``AuthenticationError`` when it shows several tokens, a place for one is there twice, or Authorization
    ///   holds another thing.
    package init(
        headers: HTTPHeaders, query: QueryParameters, tokenCookie: String?, remoteAddress: String?
    ) throws(AuthenticationError) {
        let mayUseCookies = headers.contains(name: "origin")
        let authorization = headers["authorization"]
        let bearer = try Self.bearer(authorization)
        let elsewhere = [try Self.parameter(query.values(of: "token")), BearerProtocol.token(in: headers)]
            .compactMap(\.self)
        // A proxy may have judged the field by itself.
        guard bearer != nil || authorization.isEmpty || elsewhere.isEmpty else {
            throw AuthenticationError("a token beside an Authorization field without one")
        }
        let shown = [bearer].compactMap(\.self) + elsewhere
        guard shown.allSatisfy({ $0.utf8.elementsEqual(shown[0].utf8) }) else {
            throw AuthenticationError("several tokens")
        }
        var token = shown.first
        if token == nil, mayUseCookies, let tokenCookie {
            token = try Self.cookie(Cookies(fields: headers["cookie"]).values(of: tokenCookie))
        }
        self.init(
            token: token, remoteAddress: remoteAddress,
            headers: headers.map { Header(name: $0.name, value: $0.value) }.filter {
                mayUseCookies || $0.name != "cookie"
            })
    }

    private static func bearer(_ fields: [String]) throws(AuthenticationError) -> String? {
        guard fields.count < 2 else { throw AuthenticationError("several Authorization fields") }
        guard let token = fields.first.flatMap(BearerField.token) else { return nil }
        // What is not UTF-8 was read as U+FFFD, the same for all; proxies join several fields by commas.
        guard !token.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || $0 == "," }) else {
            throw AuthenticationError("an Authorization field that holds no token")
        }
        return token
    }

    private static func parameter(_ values: [String]) throws(AuthenticationError) -> String? {
        guard values.count < 2 else { throw AuthenticationError("several token parameters") }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func cookie(_ values: [String]) throws(AuthenticationError) -> String? {
        // A page of a neighbouring host can add a cookie of the same name.
        guard values.count < 2 else { throw AuthenticationError("several cookies with a token") }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }
}
