import PulseModel

/// Documents, as clients of the HTTP API have them: those of schemaless collections, by their own ids, and the records of
/// models with fields, by their sync ids as text.
extension Records {
    /// A document, deleted ones included; nil where there never was one.
    ///
    /// - Parameter scope: whose it is. For a model with fields it does not count.
    /// - Throws: ``RecordsError``.
    public func document(_ collection: ModelName, _ id: DocumentID, in scope: Scope) async throws -> Record? {
        do {
            return try await fetch(collection, try model(collection).key(of: id, in: scope).syncID)
        } catch let error as FieldError {
            throw RecordsError.invalid(error.description)
        }
    }

    /// Puts a document in the place of what is there, if anything, deleted or not. Of a model with fields the named ones
    /// change, and no others.
    ///
    /// - Returns: the record as it is then; its stamp is what the HTTP API calls its version.
    /// - Throws: ``RecordsError``: `invalid` when it does not fit the collection, or is another scope's.
    @discardableResult
    public func put(
        _ collection: ModelName, _ id: DocumentID, in scope: Scope, _ data: [String: JSONValue]
    ) async throws -> Record {
        let members = data.map { JSONObject.Member(key: $0.key, value: $0.value) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return try await write(
            DocumentChange(of: try model(collection), id, in: scope, .upsert(members)))
    }

    /// Deletes a document: clients are told. A schemaless collection remembers the deletion of what was never there,
    /// too.
    ///
    /// - Throws: ``RecordsError``: `notFound` where a model with fields has no such record.
    @discardableResult
    public func remove(_ collection: ModelName, _ id: DocumentID, in scope: Scope) async throws -> Record {
        try await write(DocumentChange(of: try model(collection), id, in: scope, .delete))
    }

    package func write(_ change: DocumentChange) async throws -> Record {
        do {
            return try await commit([try change.write(basis: .anything, by: .server)])[0]
        } catch let error as FieldError {
            throw RecordsError.invalid(error.description)
        }
    }

    private func model(_ collection: ModelName) throws -> Model {
        guard let model = schema[collection], !collection.isReserved else {
            throw RecordsError.invalid("There is no collection '\(collection)'.")
        }
        return model
    }
}
