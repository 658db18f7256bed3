import PulseModel

/// Reads the values of a record's fields as Swift values.
public struct FieldReader: Sendable {
    private let fields: [Field]
    /// The stored form of each field of the model, where the record has one.
    private let stored: [ArraySlice<UInt8>?]

    /// - Throws: `FieldError` when the members are damaged.
    init(_ values: FieldValues, of model: Model) throws(FieldError) {
        let bytes = values.bytes
        var stored = [ArraySlice<UInt8>?](repeating: nil, count: model.fields.count)
        var expected = 0
        // Members come in declared order, unless the declaration has changed since.
        let isIntact = JSONMembers.scan(bytes) { key, value in
            let name = bytes[key]
            let isExpected =
                expected < model.fields.count && name.elementsEqual(model.fields[expected].name.utf8)
            guard
                let index = isExpected ? expected : model.fields.firstIndex(where: { name.elementsEqual($0.name.utf8) })
            else { return }
            stored[index] = bytes[value]
            expected = index + 1
        }
        guard isIntact else { throw FieldError("The record is stored in a damaged form.") }
        fields = model.fields
        self.stored = stored
    }

    /// The value of the field at `index` in the model; its default where the record was written before the field was
    /// declared.
    ///
    /// - Throws: `FieldError` when the value is none of the type.
    public func value<Value: FieldValue>(_ index: Int) throws(FieldError) -> Value {
        let field = fields[index]
        guard let bytes = stored[index] ?? field.defaultValue?[...] else {
            throw FieldError(field: field.name, "has no value")
        }
        // The values were checked when they were stored: only their depth is anybody's choice.
        guard let json = try? JSONValue.parse(bytes, limits: JSONLimits(maximumDepth: JSONLimits.greatestDepth)) else {
            throw FieldError(field: field.name, "is stored in a damaged form")
        }
        do throws(FieldError) {
            return try Value(fieldJSON: json)
        } catch {
            throw FieldError(field: field.name, error.message)
        }
    }
}
