/// What the HTTP API calls a document by, within its collection and scope (`Protocol/offline-sync.yaml`, `doc_id`).
public enum DocumentID: Hashable, Sendable {
    case text(String)
    case number(Int64)

    /// The longest text, in UTF-8 bytes.
    public static let maximumByteCount = 512

    /// - Returns: nil unless the value is an integer, or a text of 1 to ``maximumByteCount`` bytes without control
    ///   characters.
    public init?(_ value: JSONValue) {
        switch value {
        case .int(let number): self = .number(number)
        case .string(let text) where isUsableName(text, upTo: Self.maximumByteCount): self = .text(text)
        default: return nil
        }
    }

    public var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .int(number)
        }
    }

    // By bytes: texts that only look alike are two documents.
    public static func == (left: DocumentID, right: DocumentID) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.number(let left), .number(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .number(let number): hasher.combine(number)
        }
    }
}

extension SyncID {
    /// The id that names make, as RFC 9562 says for version 5 but without a name space: the same in every process.
    package init(naming name: String) {
        let hash = SHA1.hash(name.utf8)
        let words = [hash[0..<8], hash[8..<16]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(
            high: words[0] & 0xffff_ffff_ffff_0fff | 0x5000,
            low: words[1] & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// The id of a schemaless collection's document. Each scope has documents of its own: that another has one of the
    /// same name cannot be found out, nor can it be in the way.
    public init(of document: DocumentID, in scope: Scope) {
        // No scope's key has a control character in it.
        switch document {
        case .text(let text): self.init(naming: "\(scope.key)\ntext \(text)")
        case .number(let number): self.init(naming: "\(scope.key)\nnumber \(number)")
        }
    }
}
