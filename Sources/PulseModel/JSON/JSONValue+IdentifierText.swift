extension JSONValue {
    /// An id as the text that it is known by: texts and integers are ids; nil for anything else.
    package var identifierText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .null, .bool, .number, .invalidString, .oversized, .array, .object: nil
        }
    }
}
