import Logging

/// Turns the texts of settings into values.
struct SettingsReader {
    let sources: [SettingSource]
    /// What the program itself answers.
    let own: Set<Setting>
    let environment: [String: String]
    private(set) var problems: [String]

    /// - Returns: settings that count only where there is no problem.
    mutating func settings(hasEchoEndpoint: Bool) -> ServeSettings {
        refuseOwn()
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        let settings = ServeSettings(
            host: value(.host, HostName.bare, or: "is no address", otherwise: ""),
            port: number(.setting(.port)),
            store: store(),
            storeWait: .seconds(number(.setting(.storeWait))),
            adoptsForeignWrites: isOn(.mongoTail),
            redis: find(.setting(.redis))?.text,
            redisPrefix: value(
                .redisPrefix, Self.channelPrefix, or: "is no prefix: 1 to 63 letters, digits, '_', '-' and '.'",
                otherwise: ""),
            schemaPath: value(.schema, { $0.isEmpty ? nil : $0 }, or: "is no name of a file"),
            path: value(
                .path, Self.path, or: "is no path; it begins with '/' and has no spaces, '?' or '#'", otherwise: "/"),
            syncPrefix: value(
                .syncPrefix, Self.prefix, or: "is neither off nor a path; one looks like /sync", otherwise: nil),
            pushesAreAtomic: value(
                .syncAtomic, { ["on": true, "off": false][$0] }, or: "is neither on nor off", otherwise: true),
            authentication: authentication(),
            tokens: tokens(),
            authHeaders: list(
                .authHeaders, HeaderName.forwarded, or: "is no header field, or not one to forward"),
            authTimeout: .seconds(number(.setting(.authTimeout))),
            authCache: .seconds(number(.setting(.authCache))),
            authCookie: value(.authCookie, HeaderName.token, or: "is no name of a cookie"),
            authGrace: .seconds(number(.setting(.authGrace))),
            adminToken: adminToken(),
            allowedOrigins: list(
                .allowedOrigins, Self.origin, or: "is no origin; one looks like https://app.example.com"),
            trustedProxies: list(.trustedProxies, { $0 }, or: "is no address"),
            tls: tls(),
            logLevel: value(
                .logLevel, { Logger.Level(rawValue: $0.lowercased()) }, or: "is none of \(levels)", otherwise: .info),
            logFormat: value(.logFormat, LogFormat.init, or: "is neither text nor json", otherwise: .text),
            pingInterval: .seconds(number(.setting(.pingInterval))),
            compressesMessages: isOn(.compression),
            metricsAddress: value(
                .metricsAddress, ListeningAddress.init, or: "is no address; one looks like 127.0.0.1:9090"),
            drain: .seconds(number(.setting(.drain))),
            drainDelay: .seconds(number(.setting(.drainDelay))),
            limits: limits(),
            hasEchoEndpoint: hasEchoEndpoint)
        checkExposure(of: settings)
        if settings.authentication.contains(.jwt) { checkKeys(of: settings.tokens) }
        return settings
    }

    // MARK: Settings with rules of their own

    private mutating func isOn(_ setting: Setting) -> Bool {
        value(setting, { ["on": true, "off": false][$0] }, or: "is neither on nor off", otherwise: false)
    }

    private mutating func limits() -> Limits {
        var limits = Limits()
        for limit in Limit.allCases { limits[limit] = number(.limit(limit)) }
        return limits
    }

    private mutating func tls() -> ServeSettings.TLSFiles? {
        switch (find(.setting(.tlsCertificate)), find(.setting(.tlsKey))) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return .init(certificate: certificate.text, key: key.text)
        case (let found?, nil): problems.append("\(found.name): needs a tls-key beside it")
        case (nil, let found?): problems.append("\(found.name): needs a tls-certificate beside it")
        }
        return nil
    }

    private mutating func checkExposure(of settings: ServeSettings) {
        guard settings.authentication.contains(.insecure), !settings.host.isEmpty, !HostName.isLoopback(settings.host),
            let found = find(.setting(.host))
        else { return }
        problems.append(
            "\(found.name): with auth insecure anybody is whoever they say, so only this machine is served: use "
                + "127.0.0.1, ::1 or localhost, not '\(settings.host)'")
    }

    private mutating func refuseOwn() {
        for setting in Setting.allCases where own.contains(setting) {
            guard let found = find(.setting(setting)) else { continue }
            problems.append("\(found.name): this program brings its own, and takes no other")
        }
    }

    private mutating func store() -> StoreLocation {
        guard let found = find(.setting(.store)) else { preconditionFailure("There is a store by default.") }
        if let location = StoreLocation(found.text) { return location }
        report((StoreLocation.redacted(found.text), found.name), StoreLocation.complaint)
        return .sqlite(path: "")
    }

    private mutating func authentication() -> [ServeSettings.Authentication] {
        if own.contains(.auth) { return [] }
        guard let found = find(.setting(.auth)) else {
            problems.append("auth is not set; the methods are \(ServeSettings.Authentication.forms)")
            return []
        }
        let methods = list(
            .auth, ServeSettings.Authentication.init,
            or: "is no method; there are \(ServeSettings.Authentication.forms)", shown: StoreLocation.redacted)
        if methods.count > 1, methods.contains(.insecure) {
            problems.append("\(found.name): insecure takes any token, and so stands alone")
        }
        return methods
    }

    mutating func tokens() -> TokenSettings {
        TokenSettings(
            keys: names(.jwtKeys),
            audiences: names(.jwtAudience),
            issuers: names(.jwtIssuer),
            leeway: .seconds(number(.setting(.jwtLeeway))),
            userClaim: value(.jwtUserClaim, Self.name, or: "is empty", otherwise: ""),
            groups: list(
                .jwtGroups, TokenSettings.GroupClaim.init, or: "is no name=claim, such as team=app.team_ids",
                skipsEmpty: false),
            actorClaim: value(.jwtActorClaim, Self.name, or: "is empty", otherwise: ""),
            scopes: names(.jwtScopes))
    }

    /// Empty ones are no names: where the shell had no value to put there, what the setting forbids stays forbidden.
    private mutating func names(_ setting: Setting) -> [String] {
        list(setting, Self.name, or: "is empty", skipsEmpty: false)
    }

    private static func name(_ text: String) -> String? { text.isEmpty ? nil : text }

    mutating func checkKeys(of settings: TokenSettings) {
        guard settings.keys.isEmpty, find(.setting(.jwtKeys)) == nil else { return }
        problems.append("jwt-keys is not set; auth jwt needs a key, such as HS256:env:SECRET")
    }

    private mutating func adminToken() -> AdminToken? {
        let found = find(.setting(.adminTokenFile))
        do throws(SettingsError) {
            return try AdminToken.read(file: found?.text, named: found?.name ?? "", environment: environment)
        } catch {
            problems += error.problems
            return nil
        }
    }

    /// Scheme, host and perhaps a port, nothing behind them.
    private static func origin(_ text: String) -> String? {
        let parts = text.split(separator: "://", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        let isOrigin =
            parts[0].utf8.allSatisfy { (0x61...0x7a).contains($0 | 0x20) || "0123456789+-.".utf8.contains($0) }
            && parts[1].utf8.allSatisfy { (0x21...0x7e).contains($0) && !"/?#@\\*".utf8.contains($0) }
        return isOrigin ? text : nil
    }

    private static func path(_ text: String) -> String? {
        guard text.utf8.first == UInt8(ascii: "/"),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !"?#".utf8.contains($0) })
        else { return nil }
        return text
    }

    /// A path without its last slash; nil inside where there is to be none.
    private static func prefix(_ text: String) -> String?? {
        if text == "off" { return .some(nil) }
        guard let path = path(text), path.utf8.count > 1 else { return nil }
        return .some(path.hasSuffix("/") ? String(path.dropLast()) : path)
    }

    private static func channelPrefix(_ text: String) -> String? {
        let isPrefix =
            (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0) || "_-.".utf8.contains($0)
            }
        return isPrefix ? text : nil
    }

    // MARK: Any setting

    private typealias Found = (text: String, name: String)

    /// What the first source that knows the setting says, and how it is called there.
    private func find(_ key: SettingKey) -> Found? {
        for source in sources {
            if let text = source.text(of: key) { return (text, source.name(of: key)) }
        }
        return key.defaultText.map { ($0, key.path.joined(separator: ".")) }
    }

    private mutating func number(_ key: SettingKey) -> Int {
        guard let range = key.range, let found = find(key) else {
            preconditionFailure("\(key) is no number that has a default.")
        }
        if let number = Int(found.text), range.contains(number) { return number }
        report(found, "is not a number from \(range.lowerBound) to \(range.upperBound)")
        return range.lowerBound
    }

    private mutating func value<Value>(
        _ setting: Setting, _ parse: (String) -> Value?, or complaint: String
    ) -> Value? {
        guard let found = find(.setting(setting)) else { return nil }
        if let value = parse(found.text) { return value }
        report(found, complaint)
        return nil
    }

    private mutating func value<Value>(
        _ setting: Setting, _ parse: (String) -> Value?, or complaint: String, otherwise placeholder: Value
    ) -> Value {
        value(setting, parse, or: complaint) ?? placeholder
    }

    private mutating func list<Value>(
        _ setting: Setting, _ parse: (String) -> Value?, or complaint: String,
        shown: (String) -> String = { $0 }, skipsEmpty: Bool = true
    ) -> [Value] {
        guard let found = find(.setting(setting)) else { return [] }
        var values: [Value] = []
        for part in found.text.split(separator: ",", omittingEmptySubsequences: skipsEmpty) {
            let text = String(part.trimmingPrefix { $0 == " " }.reversed().trimmingPrefix { $0 == " " }.reversed())
            if let value = parse(text) { values.append(value) } else { report((shown(text), found.name), complaint) }
        }
        return values
    }

    private mutating func report(_ found: Found, _ complaint: String) {
        problems.append("\(found.name): '\(found.text)' \(complaint)")
    }
}
