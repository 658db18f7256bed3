import Foundation

/// What an operator shows to a server's admin endpoints: in a file, or in `PULSE_ADMIN_TOKEN`. Never a flag, which every
/// user of the machine could read.
public struct AdminToken: Sendable, Hashable {
    /// A secret: not for logs.
    public let text: String

    /// Bytes of the shortest token.
    static let minimumByteCount = 32
    static let environmentName = "PULSE_ADMIN_TOKEN"

    /// The file's token, else the environment's; nil where there is neither.
    ///
    /// - Parameters:
    ///   - file: its path, if one was named.
    ///   - name: how the file was named, for what is wrong with it.
    /// - Throws: ``SettingsError`` when the file cannot be read, or the token is too short or cannot stand in a header.
    public static func read(
        file: String?, named name: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) -> AdminToken? {
        if let file {
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw SettingsError(problems: ["\(name): the file \(file) cannot be read"])
            }
            let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            return try AdminToken(text, named: "\(name): the token in \(file)")
        }
        guard let text = environment[environmentName], !text.isEmpty else { return nil }
        return try AdminToken(text, named: "\(environmentName): the token")
    }

    private init(_ text: String, named name: String) throws(SettingsError) {
        guard text.utf8.count >= Self.minimumByteCount, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw SettingsError(
                problems: ["\(name) must have at least \(Self.minimumByteCount) bytes, all of them visible ASCII"])
        }
        self.text = text
    }
}
