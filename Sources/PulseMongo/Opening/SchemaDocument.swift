import PulseModel

/// How the store remembers every model and field it ever had: one document of the log's own collection.
enum SchemaDocument {
    static func read(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> (SchemaHistory, revision: Int64) {
        var models: [ModelName: SchemaHistory.PastModel] = [:]
        var revision: Int64 = 0
        var elements = try BSONReader(bytes)
        while let element = try elements.next() {
            if element.has("revision") { revision = element.int ?? 0 }
            guard element.has("models") else { continue }
            var entries = try element.elements()
            while let entry = try entries.next() {
                var parts = try entry.elements()
                guard let name = try parts.next()?.string.flatMap({ ModelName($0) }),
                    let audience = try parts.next()?.string.flatMap({ Model.Audience($0) }),
                    let fields = try parts.next()
                else { throw BSONError("the list of models is damaged") }
                models[name] = SchemaHistory.PastModel(
                    audience: audience, fields: try Self.fields(fields),
                    isSchemaless: try parts.next()?.bool ?? false)
            }
        }
        guard revision > 0 else { throw BSONError("the document of the schema has no revision") }
        return (SchemaHistory(models), revision)
    }

    private static func fields(_ list: BSONElement) throws(BSONError) -> [String: SchemaHistory.PastField] {
        var fields: [String: SchemaHistory.PastField] = [:]
        var entries = try list.elements()
        while let entry = try entries.next() {
            var parts = try entry.elements()
            guard let name = try parts.next()?.string, let kind = try parts.next()?.string.flatMap({ FieldKind($0) }),
                let isNullable = try parts.next()?.bool
            else { throw BSONError("the list of fields is damaged") }
            fields[name] = SchemaHistory.PastField(kind: kind, isNullable: isNullable)
        }
        return fields
    }
}

extension BSONWriter {
    mutating func appendModels(of history: SchemaHistory) {
        array("models") { list in
            let models = history.models.sorted { $0.key.text < $1.key.text }
            for (position, (name, model)) in models.enumerated() {
                list.document(.index(position)) { entry in
                    entry.append("name", name.text)
                    entry.append("audience", model.audience.description)
                    entry.array("fields") { list in
                        let fields = model.fields.sorted { $0.key < $1.key }
                        for (position, (name, field)) in fields.enumerated() {
                            list.document(.index(position)) { entry in
                                entry.append("name", name)
                                entry.append("kind", field.kind.description)
                                entry.append("nullable", field.isNullable)
                            }
                        }
                    }
                    if model.isSchemaless { entry.append("schemaless", true) }
                }
            }
        }
    }
}
