/// Every setting that is wrong.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// One sentence each, beginning with where the setting came from: `PULSE_PORT: 'abc' is not a number …`.
    public let problems: [String]

    public var description: String { problems.joined(separator: "\n") }
}
