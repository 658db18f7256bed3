extension JSONWriter {
    /// Writes a whole value, numbers by their literals and members in their order.
    ///
    /// - Throws: the fault of an object, or that of a string or number, anywhere inside; nothing is written then.
    public mutating func value(_ value: JSONValue) throws(JSONFault) {
        let start = bytes.count
        do {
            try part(value)
        } catch {
            cut(to: start)
            throw error
        }
    }

    private mutating func part(_ value: JSONValue) throws(JSONFault) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .int(let value): int(value)
        case .number(let number): raw(Array(number.literal.utf8))
        case .string(let text): string(text)
        case .array(let elements): try array(elements)
        case .object(let object): try members(of: object)
        case .invalidString: throw .invalidString
        case .oversized: throw .oversized
        }
    }

    private mutating func array(_ elements: [JSONValue]) throws(JSONFault) {
        raw("[")
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            try part(element)
        }
        raw("]")
    }

    private mutating func members(of object: JSONObject) throws(JSONFault) {
        if let fault = object.fault { throw fault }
        raw("{")
        var isFirst = true
        for member in object.members {
            if !isFirst { raw(",") }
            isFirst = false
            string(member.key)
            raw(":")
            try part(member.value)
        }
        raw("}")
    }
}
