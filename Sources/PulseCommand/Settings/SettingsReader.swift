import Logging

/// Turns the texts of settings into values.
struct SettingsReader {
    let sources: [SettingSource]
    /// What the program itself answers.
    let own: Set<Setting>
    private(set) var problems: [String]

    /// - Returns: nil where there is a problem.
    mutating func settings(hasEchoEndpoint: Bool) -> ServeSettings? {
        refuseOwn()
        let host = self.host()
        let port = number(.port)
        let store = self.store()
        let storeWait = number(.storeWait)
        let redis = find(.redis)?.text
        let redisPrefix = value(
            .redisPrefix, Self.channelPrefix, or: "is no prefix: 1 to 63 letters, digits, '_', '-' and '.'")
        let schema = value(.schema, { $0.isEmpty ? nil : $0 }, or: "is no name of a file")
        let path = value(.path, Self.path, or: "is no path; it begins with '/' and has no spaces, '?' or '#'")
        let authentication = self.authentication()
        let origins = self.origins()
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        let logLevel = value(.logLevel, { Logger.Level(rawValue: $0.lowercased()) }, or: "is none of \(levels)")
        let pingInterval = number(.pingInterval)
        let maximumMessageBytes = number(.maxMessageBytes)
        let maximumBatchItems = number(.maxBatchItems)
        let maximumDepth = number(.maxDepth)
        if authentication == .insecure, let host, !HostName.isLoopback(host.value) {
            problems.append(
                "\(host.name): with auth insecure anybody is whoever they say, so only this machine is served: use "
                    + "127.0.0.1, ::1 or localhost, not '\(host.value)'")
        }
        guard problems.isEmpty, let host, let port, let store, let storeWait, let redisPrefix, let path,
            let origins, let logLevel, let pingInterval, let maximumMessageBytes, let maximumBatchItems,
            let maximumDepth
        else { return nil }
        return ServeSettings(
            host: host.value, port: port, store: store, storeWait: .seconds(storeWait), redis: redis,
            redisPrefix: redisPrefix, schemaPath: schema,
            path: path, authentication: authentication, allowedOrigins: origins, logLevel: logLevel,
            pingInterval: .seconds(pingInterval), maximumMessageBytes: maximumMessageBytes,
            maximumBatchItems: maximumBatchItems, maximumDepth: maximumDepth, hasEchoEndpoint: hasEchoEndpoint)
    }

    // MARK: Settings with rules of their own

    private mutating func refuseOwn() {
        for setting in Setting.allCases where own.contains(setting) {
            guard let found = find(setting) else { continue }
            problems.append("\(found.name): this program brings its own, and takes no other")
        }
    }

    private mutating func host() -> (value: String, name: String)? {
        guard let found = find(.host) else { return nil }
        if let host = HostName.bare(found.text) { return (host, found.name) }
        report(found, "is no address")
        return nil
    }

    private mutating func store() -> StoreLocation? {
        guard let found = find(.store) else { return nil }
        if let location = StoreLocation(found.text) { return location }
        report((StoreLocation.redacted(found.text), found.name), StoreLocation.complaint)
        return nil
    }

    private mutating func authentication() -> ServeSettings.Authentication? {
        if own.contains(.auth) { return nil }
        guard let found = find(.auth) else {
            problems.append("auth is not set; --auth insecure is the only method so far (the token is the user id)")
            return nil
        }
        if let method = ServeSettings.Authentication(rawValue: found.text) { return method }
        report(found, "is no method of authentication; --auth insecure is the only one so far")
        return nil
    }

    private mutating func origins() -> [String]? {
        guard let found = find(.allowedOrigins) else { return [] }
        var origins: [String] = []
        for part in found.text.split(separator: ",") {
            let origin = String(part.trimmingPrefix { $0 == " " }.reversed().trimmingPrefix { $0 == " " }.reversed())
            guard Self.isOrigin(origin) else {
                report((origin, found.name), "is no origin; one looks like https://app.example.com")
                return nil
            }
            origins.append(origin)
        }
        return origins
    }

    /// Scheme, host and perhaps a port, nothing behind them.
    private static func isOrigin(_ text: String) -> Bool {
        let parts = text.split(separator: "://", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
        return parts[0].utf8.allSatisfy { (0x61...0x7a).contains($0 | 0x20) || "0123456789+-.".utf8.contains($0) }
            && parts[1].utf8.allSatisfy { (0x21...0x7e).contains($0) && !"/?#@\\*".utf8.contains($0) }
    }

    private static func path(_ text: String) -> String? {
        guard text.utf8.first == UInt8(ascii: "/"),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !"?#".utf8.contains($0) })
        else { return nil }
        return text
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
    private func find(_ setting: Setting) -> Found? {
        for source in sources {
            if let text = source.text(of: setting) { return (text, source.name(of: setting)) }
        }
        return setting.defaultText.map { ($0, setting.name) }
    }

    private mutating func number(_ setting: Setting) -> Int? {
        guard let range = setting.range else { preconditionFailure("The setting \(setting.name) is no number.") }
        return value(
            setting, { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            or: "is not a number from \(range.lowerBound) to \(range.upperBound)")
    }

    private mutating func value<Value>(
        _ setting: Setting, _ parse: (String) -> Value?, or complaint: String
    ) -> Value? {
        guard let found = find(setting) else { return nil }
        if let value = parse(found.text) { return value }
        report(found, complaint)
        return nil
    }

    private mutating func report(_ found: Found, _ complaint: String) {
        problems.append("\(found.name): '\(found.text)' \(complaint)")
    }
}
