import Testing

/// A text for the parser, shown in test output by its first bytes.
struct JSONSample: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// A string whose content is these bytes.
    init(quoting content: [UInt8]) { bytes = [0x22] + content + [0x22] }

    var testDescription: String {
        let shown = String(decoding: bytes.prefix(48), as: UTF8.self)
        return String(reflecting: shown) + (bytes.count > 48 ? " … (\(bytes.count) bytes)" : "")
    }
}
