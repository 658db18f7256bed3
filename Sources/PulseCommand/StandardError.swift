import Foundation

/// Where problems and progress are told.
public enum StandardError {
    /// Whether somebody looks at it while it is written.
    public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes the text as it is.
    public static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// Writes each text on a line of its own.
    public static func write(_ lines: [String]) {
        write(lines.map { $0 + "\n" }.joined())
    }

    /// Writes each sentence on a line of its own, behind the program's name.
    public static func tell(_ sentences: [String]) {
        write(sentences.map { "\(Program.name): \($0)" })
    }
}
