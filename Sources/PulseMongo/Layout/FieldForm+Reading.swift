import PulseModel

extension FieldForm {
    /// Writes a value in canonical JSON form. The type alone decides, so that a record reads the same under any schema.
    ///
    /// - Throws: ``BSONError`` for what no field holds.
    static func write(_ element: BSONElement, to json: inout JSONWriter) throws(BSONError) {
        switch element.type {
        case .null:
            json.null()
        case .bool:
            json.bool(element.bool ?? false)
        case .int64, .int32:
            json.int(element.int ?? 0)
        case .double:
            guard let number = element.double, number.isFinite else { throw BSONError("a number is not finite") }
            json.raw(Array(number.description.utf8))
        case .string:
            guard let text = element.string else { throw BSONError() }
            json.string(text)
        case .decimal128:
            guard let decimal = element.decimal else { throw BSONError() }
            json.string(decimal.text)
        case .date:
            guard let text = element.int.flatMap({ Moment(milliseconds: $0).text }) else {
                throw BSONError("a date is not in the years 1 to 9999")
            }
            json.string(text)
        case .binary:
            guard let id = element.uuid else { throw BSONError("a binary is not a UUID") }
            json.string(id.description)
        case .objectID:
            // Nothing here writes one; other programs do.
            json.string(element.objectID ?? "")
        case .document:
            try write(element, to: &json, opening: "{", closing: "}", hasKeys: true)
        case .array:
            try write(element, to: &json, opening: "[", closing: "]", hasKeys: false)
        case .timestamp, nil:
            throw BSONError("a value has a type that no field has")
        }
    }

    private static func write(
        _ element: BSONElement, to json: inout JSONWriter, opening: StaticString, closing: StaticString, hasKeys: Bool
    ) throws(BSONError) {
        var elements = try element.elements()
        var isFirst = true
        json.raw(opening)
        while let element = try elements.next() {
            if !isFirst { json.raw(",") }
            isFirst = false
            if hasKeys {
                json.string(String(decoding: element.key, as: UTF8.self))
                json.raw(":")
            }
            try write(element, to: &json)
        }
        json.raw(closing)
    }
}
