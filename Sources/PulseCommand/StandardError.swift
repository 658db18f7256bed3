import Foundation

/// Where problems are told.
public enum StandardError {
    /// Writes each text on a line of its own.
    public static func write(_ lines: [String]) {
        FileHandle.standardError.write(Data(lines.map { $0 + "\n" }.joined().utf8))
    }
}
