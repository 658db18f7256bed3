/// The cookies of a request (RFC 6265, section 4.2).
struct Cookies {
    private let pairs: [(name: Substring, value: Substring)]

    /// - Parameter fields: all Cookie fields of the request.
    init(fields: [String]) {
        pairs = fields.flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return (Self.trimmed(parts[0]), Self.trimmed(parts[1]))
        }
    }

    /// Every value of the cookie of this name, without quotes around it.
    func values(of name: String) -> [String] {
        pairs.filter { $0.name.utf8.elementsEqual(name.utf8) }.map { pair in
            let isQuoted = pair.value.count > 1 && pair.value.first == "\"" && pair.value.last == "\""
            return String(isQuoted ? pair.value.dropFirst().dropLast() : pair.value)
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        guard let last = text.lastIndex(where: { !isSpace($0) }) else { return "" }
        return text[...last].drop(while: isSpace)
    }
}
