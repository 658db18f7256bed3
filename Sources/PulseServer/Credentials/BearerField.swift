/// An Authorization field that holds a token (RFC 6750, section 2.1).
enum BearerField {
    /// - Returns: nil where it holds none, or another thing.
    static func token(in field: String) -> String? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
