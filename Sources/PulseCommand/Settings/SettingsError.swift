/// Every setting that is wrong.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// One sentence each, beginning with where the setting came from: `PULSE_PORT: 'abc' is not a number …`.
    public let problems: [String]

    /// As they are told: `pulsed: PULSE_PORT: 'abc' is not a number …`.
    public var lines: [String] { problems.map { "pulsed: \($0)" } }

    public var description: String { lines.joined(separator: "\n") }
}
