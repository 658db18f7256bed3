/// The name of a model, as `table` in messages: an identifier in lower case.
public struct ModelName: TextIdentifier {
    public let text: String

    /// - Returns: nil unless the text is an identifier of ASCII letters, digits and underscores, without capitals.
    public init?(_ text: String) {
        guard isIdentifier(text), !text.utf8.contains(where: { (0x41...0x5a).contains($0) }) else { return nil }
        self.text = text
    }

    /// The name that a client means by `text`, whatever its case.
    public init?(anyCase text: String) {
        self.init(String(decoding: text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self))
    }

    /// Whether the name is kept for the server's own models: it begins with `pulse_`.
    public var isReserved: Bool { text.utf8.starts(with: "pulse_".utf8) }
}
