/// Why the server could not run.
public struct WebServerError: Error, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// The address could not be bound: taken, not local, or not allowed.
        case cannotListen
    }

    public let code: Code
    public let message: String
    public let cause: (any Error)?

    public var description: String { self.message }
}
