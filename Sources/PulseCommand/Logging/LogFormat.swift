/// How a line of the log looks.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-11-21T20:37:14.123Z info pulsed: connection=7 reason="no token" [PulseServer] a client was refused`
    case text
    /// An object with `time`, `level`, `message`, `label`, `source` and `metadata`.
    case json
}
