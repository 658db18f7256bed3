/// Why there is no key.
public struct KeyError: Error, Sendable, CustomStringConvertible {
    /// A sentence without its subject: never with a part of a secret in it.
    public let message: String

    /// Whether it must not be said where the key was looked for.
    private let hidesPlace: Bool

    init(_ message: String, hidesPlace: Bool = false) {
        self.message = message
        self.hidesPlace = hidesPlace
    }

    public var description: String { message }

    /// The same of a certain key.
    func of(_ reference: KeyReference) -> KeyError {
        KeyError("\(hidesPlace ? reference.algorithmNames : reference.description): \(message)")
    }
}
