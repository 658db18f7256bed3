import Foundation

/// The running executable.
public enum Program {
    /// What its file is called: `pulsed`, or as an application calls its own.
    public static let name = ProcessInfo.processInfo.processName
    /// Which release of swift-pulse it is made with.
    public static let version = "unreleased"
}
