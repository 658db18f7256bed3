import PulseModel

extension ModelLayout {
    /// A document of the model's collection.
    enum Document {
        case record(Record)
        /// One that another program has put where a record of this key may be.
        case foreign(RecordKey)
    }

    /// - Throws: ``BSONError`` when the document is damaged.
    func document(_ bytes: UnsafeRawBufferPointer) throws(BSONError) -> Document {
        var elements = try BSONReader(bytes)
        var key: RecordKey?
        while let element = try elements.next() {
            if element.has("_sync") { return .record(try record(bytes)) }
            if element.has("_id") { key = element.uuid.map { RecordKey(model: model, syncID: $0) } }
        }
        guard let key else { throw BSONError("its _id is no UUID") }
        return .foreign(key)
    }
}
