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
                    extras.append(Extra(name: storedName(member.key), range: start..<writer.bytes.count))
                }
                continue
            }
            expected = index + 1
            let field = model.fields[index]
            if field.isReadOnly, author == .client { continue }
            let start = writer.bytes.count
            try field.kind.write(member.value, isNullable: field.isNullable, naming: field.name, to: &writer)
            guard field.allows(writer.bytes[start...]) else {
                let choices = field.choices.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
                throw FieldError(field: field.name, "must be one of \(choices.excerpt(maximumByteCount: 512))")
            }
            ranges[index] = start..<writer.bytes.count
        }
        guard unknown.isEmpty else { throw Self.unknownFields(unknown, of: model) }
        bytes = writer.bytes
    }

    /// The names and new values of all fields that it names, in stored form: the model's in declared order, then others.
    package func storedMembers(of model: Model) -> [(name: [UInt8], value: [UInt8])] {
        var members: [(name: [UInt8], value: [UInt8])] = []
        for (index, range) in ranges.enumerated() {
            if let range { members.append((Array(model.fields[index].name.utf8), Array(bytes[range]))) }
        }
        for extra in extras { members.append((extra.name, Array(bytes[extra.range]))) }
        return members
    }

    /// A patch of members in stored form, which are known to fit the model.
    package init(stored members: [(name: [UInt8], value: [UInt8])], for model: Model) {
        self.init(for: model)
        for (name, value) in members {
            let range = bytes.count..<(bytes.count + value.count)
            bytes += value
            if let index = model.fields.firstIndex(where: { $0.name.utf8.elementsEqual(name) }) {
                ranges[index] = range
            } else {
                extras.append(Extra(name: name, range: range))
            }
        }
    }

    /// The same with another patch's values laid over it.
    package func overlaid(with other: FieldPatch, of model: Model) -> FieldPatch {
        let later = other.storedMembers(of: model)
        let names = Set(later.map(\.name))
        return FieldPatch(stored: storedMembers(of: model).filter { !names.contains($0.name) } + later, for: model)
    }

    /// The part of it that another patch names too, and the rest.
    package func parted(by other: FieldPatch, of model: Model) -> (named: FieldPatch, others: FieldPatch) {
        let names = Set(other.storedMembers(of: model).map(\.name))
        let members = storedMembers(of: model)
        return (
            FieldPatch(stored: members.filter { names.contains($0.name) }, for: model),
            FieldPatch(stored: members.filter { !names.contains($0.name) }, for: model)
        )
    }

    /// Appends what tells it from every other patch of the same model.
    package func appendContent(to content: inout [UInt8]) {
        for (index, range) in ranges.enumerated() {
            if let range { content += "\(index):".utf8 + bytes[range] + CollectionOfOne(0) }
        }
        for extra in extras {
            content += extra.name + CollectionOfOne(UInt8(ascii: ":")) + bytes[extra.range] + CollectionOfOne(0)
        }
    }

    /// What an upload is known again by, beside its origin: the same in every process (FNV-1a, 64 bits, in hexadecimal).
    package func digest(of model: Model, isDeleted: Bool?, from client: ClientID?) -> String {
        var digest = FNV1a()
        for (name, value) in storedMembers(of: model) {
            digest.add(name)
            digest.add(value)
        }
        digest.add("\(isDeleted, default: "nil")".utf8)
        if let client { digest.add(client.text.utf8) }
        return String(digest.hash, radix: 16)
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
