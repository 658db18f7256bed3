/// Names in HTTP headers.
enum HeaderName {
    /// What belongs to one connection or request, or is said by the server itself.
    private static let unforwardable: Set = [
        "accept", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding",
        "upgrade", "x-forwarded-for",
    ]

    /// The name of a field that may be forwarded, in lower case.
    static func forwarded(_ text: String) -> String? {
        guard let name = token(text)?.lowercased(), !unforwardable.contains(name) else { return nil }
        return name
    }

    /// A token of RFC 9110, as names of fields and cookies are.
    static func token(_ text: String) -> String? {
        let isToken =
            !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
        return isToken ? text : nil
    }
}
