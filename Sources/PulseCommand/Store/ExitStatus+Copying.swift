public import ArgumentParser
public import PulseEngine

extension ExitStatus {
    /// The status that says why a copy was not completed.
    public static func of(_ error: CopyError) -> ExitCode {
        switch error {
        case .source, .target: unavailable
        case .sourceMoves, .cancelled: unfinished
        case .different, .differentHead: unequal
        }
    }
}
