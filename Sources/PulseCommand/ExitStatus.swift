public import ArgumentParser

/// How the program ends when it did not do what it was asked to; the numbers are those of BSD's `sysexits.h`.
///
/// | status | meaning |
/// |---|---|
/// | 1 | `schema check` or `schema print` found problems in the file |
/// | 1 | `token check` found that the token is refused |
/// | 64 | the command line is wrong: no such flag or subcommand |
/// | 65 | `store copy` found that the copy differs from its source |
/// | 66 | a schema file that was named cannot be read |
/// | 69 | the store cannot be used, or the address not be listened on |
/// | 70 | the application's own work beside the sync failed |
/// | 75 | `store copy` was interrupted, or its source is still written to: the same command goes on |
/// | 78 | a setting is wrong, missing or contradicts another, wherever it came from |
public enum ExitStatus {
    public static let badSchema = ExitCode(1)
    public static let refused = ExitCode(1)
    public static let badUsage = ExitCode(64)
    public static let unequal = ExitCode(65)
    public static let unreadableFile = ExitCode(66)
    public static let unavailable = ExitCode(69)
    public static let failedWork = ExitCode(70)
    public static let unfinished = ExitCode(75)
    public static let badSettings = ExitCode(78)
}
