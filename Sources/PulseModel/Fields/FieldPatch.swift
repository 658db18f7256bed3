/// New values for some fields of a record, checked against its model and in stored form.
public struct FieldPatch: Sendable, Hashable {
    /// A field that the model does not declare and keeps.
    struct Extra: Sendable, Hashable {
        /// The name as it stands inside JSON quotes.
        let name: [UInt8]
        let range: Range<Int>
    }

    /// All values behind each other.
    private(set) var bytes: [UInt8] = []
    /// For each field of the model, where its new value stands in ``bytes``; nil where it keeps its own.
    private(set) var ranges: [Range<Int>?]
    private(set) var extras: [Extra] = []

    /// Bytes of all new values.
    public var byteCount: Int { bytes.count }

    /// Who names the values: a client may not change fields that are read-only for it.
    public enum Author: Sendable {
        case client, server
    }

    /// A patch that changes nothing.
    public init(for model: Model) {
        ranges = Array(repeating: nil, count: model.fields.count)
    }

    /// - Parameters:
    ///   - members: names and values as they came. Names in `ignoring` are the protocol's own and are passed over.
    /// - Throws: ``FieldError`` naming the field and the rule, or all fields that the model does not have.
    public init(
        _ members: [JSONObject.Member], for model: Model, by author: Author, ignoring isIgnored: (String) -> Bool
    ) throws(FieldError) {
        self.init(for: model)
        var unknown: [String] = []
        var writer = JSONWriter(reserving: 64 * members.count)
        var expected = 0
        for member in members {
            let index: Int
            if expected < model.fields.count, member.key.utf8.elementsEqual(model.fields[expected].name.utf8) {
                index = expected
            } else if isIgnored(member.key) {
                continue
            } else if let found = model.index(ofField: member.key) {
                index = found
            } else {
                switch model.unknownFields {
                case .reject: unknown.append(member.key)
                case .drop: break
                case .keep:
                    let start = writer.bytes.count
                    try FieldKind.json.write(member.value, isNullable: true, naming: member.key, to: &writer)
                    var name = JSONWriter(reserving: member.key.utf8.count + 2)
                    name.string(member.key)
                    extras.append(
                        Extra(name: Array(name.bytes.dropFirst().dropLast()), range: start..<writer.bytes.count))
                }
                continue
            }
            expected = index + 1
            let field = model.fields[index]
            if field.isReadOnly, author == .client { continue }
            let start = writer.bytes.count
            try field.kind.write(member.value, isNullable: field.isNullable, naming: field.name, to: &writer)
            ranges[index] = start..<writer.bytes.count
        }
        guard unknown.isEmpty else { throw Self.unknownFields(unknown, of: model) }
        bytes = writer.bytes
    }

    /// The sentence that django-pulse has for it, which clients may know by heart (protocol section "Item errors").
    private static func unknownFields(_ names: [String], of model: Model) -> FieldError {
        let shown = names.prefix(8).map { "'\($0.excerpt(maximumByteCount: 64))'" }.joined(separator: ", ")
        let title = model.name.text.prefix(1).uppercased() + model.name.text.dropFirst()
        return FieldError("Invalid field name(s) for model \(title): \(shown).")
    }
}

extension FieldKind {
    fileprivate func write(
        _ value: JSONValue, isNullable: Bool, naming field: String, to writer: inout JSONWriter
    ) throws(FieldError) {
        do {
            try write(value, isNullable: isNullable, to: &writer)
        } catch {
            throw FieldError(field: field.excerpt(maximumByteCount: 64), error.message)
        }
    }
}

extension JSONWriter {
    /// A name that needs no escapes, with its colon.
    mutating func key(_ identifier: String) {
        raw("\"")
        var identifier = identifier
        identifier.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
        raw("\":")
    }
}
