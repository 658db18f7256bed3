/// Why there is no key.
public struct KeyError: Error, Sendable, CustomStringConvertible {
    /// A sentence without its subject: never with a part of a secret in it.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String { message }

    /// The same of a certain key.
    func of(_ reference: KeyReference) -> KeyError { KeyError("\(reference): \(message)") }
}
