extension FieldValues {
    /// The name of the member in which a document has its id, the first of all.
    package static let documentIDName = "_id"

    /// A document of a schemaless collection.
    ///
    /// - Parameter members: any; the document's own id, and names that begin with `_sync_`, are passed over.
    /// - Throws: ``FieldError`` naming the member that cannot be stored, or when all together are too large.
    public init(document id: DocumentID, _ members: [JSONObject.Member]) throws(FieldError) {
        var writer = JSONWriter(reserving: 64 + 32 * members.count)
        writer.key(Self.documentIDName)
        try? writer.value(id.json)
        for member in members where !Self.isServers(member.key) {
            writer.raw(",")
            writer.string(member.key)
            writer.raw(":")
            do {
                try FieldKind.json.write(member.value, isNullable: true, to: &writer)
            } catch {
                throw FieldError(field: member.key.excerpt(maximumByteCount: 64), error.message)
            }
        }
        guard writer.bytes.count <= Self.maximumByteCount else {
            throw FieldError("The document would have more than \(Self.maximumByteCount) bytes.")
        }
        self.init(canonical: writer.bytes)
    }

    /// What is left of a document that was deleted.
    public init(deletedDocument id: DocumentID) {
        var writer = JSONWriter()
        writer.key(Self.documentIDName)
        try? writer.value(id.json)
        self.init(canonical: writer.bytes)
    }

    /// A document that a function has made of two; nil where it cannot be stored.
    package init?(document values: [String: JSONValue], like other: FieldValues) {
        guard let id = other.documentID else { return nil }
        let members = values.map { JSONObject.Member(key: $0.key, value: $0.value) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        guard let fields = try? FieldValues(document: id, members) else { return nil }
        self = fields
    }

    /// The id of a document; nil for other records.
    public var documentID: DocumentID? {
        self[Self.documentIDName].flatMap(DocumentID.init)
    }

    /// The id of a document in stored form; nil for other records.
    package var storedDocumentID: ArraySlice<UInt8>? {
        var id: ArraySlice<UInt8>?
        _ = JSONMembers.scan(bytes) { name, value in
            if bytes[name].elementsEqual(Self.documentIDName.utf8) { id = bytes[value] }
        }
        return id
    }

    /// Whether a member of this name is not the application's: the HTTP API says who has last written what in others
    /// of its kind.
    public static func isServers(_ name: String) -> Bool {
        name.utf8.elementsEqual(documentIDName.utf8) || name.utf8.starts(with: "_sync_".utf8)
    }
}

extension Record {
    /// What the HTTP API calls a document by. Records of a model with fields go by their sync ids, even if they have a
    /// member of this name: ask only where ``Model/isSchemaless``.
    public var documentID: DocumentID? { fields.documentID }
}

extension FieldValues {
    /// The same document with some members' values in the place of its own, or behind them.
    ///
    /// - Throws: ``FieldError`` when one of them cannot be stored.
    package func replacing(_ values: [String: JSONValue]) throws(FieldError) -> FieldValues {
        guard !values.isEmpty, let id = documentID,
            case .object(let object)? = try? JSONValue.parse(
                [UInt8(ascii: "{")] + bytes + [UInt8(ascii: "}")], limits: .history)
        else { return self }
        var values = values
        var members = object.members.map {
            JSONObject.Member(key: $0.key, value: values.removeValue(forKey: $0.key) ?? $0.value)
        }
        members += values.sorted { $0.key < $1.key }.map { JSONObject.Member(key: $0.key, value: $0.value) }
        return try FieldValues(document: id, members)
    }
}
